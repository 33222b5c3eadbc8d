import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** The line between a browser and a server: every byte passes here, the service worker's too, which no page's tools see. */
export interface Line extends AsyncDisposable {
  /** The server's URL by way of the line. */
  readonly url: string
  /** What came down so far: when it was handed to the browser (milliseconds since the epoch) and how many bytes. */
  readonly received: { at: number; bytes: number }[]
  /** Breaks what is open and refuses what is new, as a tunnel does. */
  cut(): void
  mend(): void
}

/** Lays a line to a server on this machine. */
export async function layLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const received: Line['received'] = []
  let isCut = false
  const server = createServer((browser) => {
    if (isCut) {
      browser.resetAndDestroy()
      return
    }
    const upstream = connect({ host: hostname, port: Number(port) })
    const end = () => {
      browser.destroy()
      upstream.destroy()
      open.delete(browser)
    }
    open.add(browser)
    for (const socket of [browser, upstream]) socket.setNoDelay().on('close', end).on('error', end)
    browser.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      received.push({ at: Date.now(), bytes: chunk.length })
      browser.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    received,
    cut() {
      isCut = true
      for (const socket of open) socket.resetAndDestroy()
    },
    mend() {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
