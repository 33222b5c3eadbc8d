import { createServer, type RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ServerResponse } from 'node:http'
import { CSP } from '../kit.ts'

/** A site that answers byte by byte, as the kit's other tests have no need to. */
export interface Raw extends AsyncDisposable {
  url: string
  /** Paths below `/pic/` as they were asked for. */
  asked: string[]
  /** Those whose connection or stream was closed before they were answered. */
  left: string[]
}

/** Answers what is below `/pic/`. */
export type Answer = (path: string, res: ServerResponse) => void | Promise<void>

interface Options {
  /** Over HTTP/2, with a certificate that nobody trusts. */
  tls?: { key: string; cert: string }
  /** Default the kit's strictest. */
  csp?: string
}

export async function startRaw(page: string, answer: Answer, { tls, csp = CSP }: Options = {}): Promise<Raw> {
  const asked: string[] = []
  const left: string[] = []
  const listener: RequestListener = (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost')
    if (pathname.startsWith('/pic/')) {
      asked.push(pathname)
      res.on('close', () => res.writableEnded || left.push(pathname))
      res.setHeader('Content-Type', 'image/png')
      void answer(pathname, res)
    } else if (pathname === '/page.js') {
      res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(page)
    } else {
      const html =
        '<!doctype html><html lang="en"><title>Pictures</title><script type="module" src="/page.js"></script>'
      res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': csp }).end(html)
    }
  }
  const server = tls ? createSecureServer(tls, listener as never) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new Set<{ destroy(): void }>()
  server.on(tls ? 'secureConnection' : 'connection', (socket: { destroy(): void }) => sockets.add(socket))
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    left,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
