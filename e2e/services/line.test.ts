import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { createServer as createHttp } from 'node:http'
import { expect, test } from 'vitest'
import { layLine, SLOW } from './line.ts'

/** A server that answers everything with the same bytes, each at its own place so that a mixed order shows. */
async function startServer(bytes: number): Promise<AsyncDisposable & { url: string; body: Buffer }> {
  const body = Buffer.from(Array.from({ length: bytes }, (_, place) => (place * 7 + (place >> 8)) & 255))
  const server = createHttp((_req, res) => void res.end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    body,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const get = async (url: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(url, { headers: { Connection: 'close' } })).arrayBuffer())

test('a line hands on every byte in order, slow or not', async () => {
  await using server = await startServer(100_000)
  await using quick = await layLine(server.url)
  await using slow = await layLine(server.url, { down: 50_000_000, up: 50_000_000, roundTrip: 10 })
  for (const line of [quick, slow]) {
    const all = await Promise.all([get(line.url), get(line.url), get(line.url)])
    expect(all.map((body) => body.equals(server.body))).toEqual([true, true, true])
    expect(line.received.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(300_000)
  }
})

test('a slow line is shared by all connections, and each begins with a round trip of its own', async () => {
  await using server = await startServer(20_000)
  await using line = await layLine(server.url, SLOW)
  const began = performance.now()
  await Promise.all([get(line.url), get(line.url)])
  const least = (2 * 20_000 * 8000) / SLOW.down + 2 * SLOW.roundTrip
  // Timers end up to a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(least - 5)
})

test('what has been sent arrives although the sender has closed', async () => {
  const server = createServer((socket) => void socket.end(Buffer.alloc(40_000, 1))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using line = await layLine(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, SLOW)
  const socket = connect(Number(new URL(line.url).port), '127.0.0.1')
  let bytes = 0
  socket.on('data', (chunk) => (bytes += chunk.length))
  await once(socket, 'end')
  socket.destroy()
  server.close()
  expect(bytes).toBe(40_000)
})
