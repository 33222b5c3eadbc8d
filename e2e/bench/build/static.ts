import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

const TYPES: Record<string, string> = {
  css: 'text/css',
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  mp3: 'audio/mpeg',
  png: 'image/png',
  ttf: 'font/ttf',
  wav: 'audio/wav',
  webmanifest: 'application/manifest+json',
}

/**
 * Serves a folder as a well-kept static host does: what was precompressed is sent so, best first; names that Vite has hashed are kept for
 * good, everything else is asked for again and answered 304 while it is the same. Files are read anew each time: nothing here is measured but
 * bytes and the line.
 */
export async function serveStatic(folder: string, base = '/'): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost')
    const name = decodeURIComponent(pathname.startsWith(base) ? pathname.slice(base.length) : '') || 'index.html'
    const taken = req.headers['accept-encoding'] ?? ''
    const codings = [
      ...(taken.includes('br') ? [['br', '.br']] : []),
      ...(taken.includes('gzip') ? [['gzip', '.gz']] : []),
      ['', ''],
    ]
    const send = async (): Promise<void> => {
      for (const [coding = '', suffix = ''] of codings) {
        const body = await readFile(path.join(folder, name + suffix)).catch(() => undefined)
        if (!body) continue
        const etag = `"${body.length}${suffix}"`
        const headers = {
          'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
          'Cache-Control':
            name.startsWith('assets/index-') || /^assets\/.+-[\w-]{8}\.\w+$/.test(name)
              ? 'public, max-age=31536000, immutable'
              : 'no-cache',
          ETag: etag,
          Vary: 'Accept-Encoding',
          ...(coding !== '' && { 'Content-Encoding': coding }),
        }
        if (req.headers['if-none-match'] === etag) res.writeHead(304, headers).end()
        else res.writeHead(200, { ...headers, 'Content-Length': body.length }).end(body)
        return
      }
      res.writeHead(404).end()
    }
    void send()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${base}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
