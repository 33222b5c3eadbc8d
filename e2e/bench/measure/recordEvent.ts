import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { type Figure, summarise } from '../figure.ts'
import { side } from '../side.ts'
import type { Spent } from './recordEventSite.ts'

const ROUNDS = 9
/** Requests of a side in a round. */
const REQUESTS = 6000
/** As many pages tell at once. */
const CONNECTIONS = 32

/** CPU of a request that tells two events, stored when it is answered, against one of the same bytes to an empty Express handler in the same process, behind the same chain. */
export async function recordEvent(say: (line: string) => void): Promise<Figure> {
  for await (const port of side<number>('measure/recordEventSite.ts', {})) {
    const cookie = (await fetch(`http://127.0.0.1:${port}/in`)).headers.get('set-cookie')?.split(';')[0] ?? ''
    const spent = async () => (await (await fetch(`http://127.0.0.1:${port}/spent`)).json()) as Spent
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)))
    const cost = async (path: string) => {
      const before = await spent()
      await send(sockets, REQUESTS, (n) => request(path, cookie, n))
      const after = await spent()
      const stored = after.rows - before.rows
      const expected = path === '/empty' ? 0 : 2 * REQUESTS
      if (stored !== expected) throw new Error(`${path}: ${stored} events are stored, expected ${expected}`)
      return (after.cpu - before.cpu) / REQUESTS
    }
    const ratios: number[] = []
    // The first rounds are the compiler's.
    for (let round = -2; round < ROUNDS; round++) {
      const paths = ['/empty', '/track/record_event']
      const costs: Record<string, number> = {}
      for (const path of round % 2 === 0 ? paths : paths.toReversed()) costs[path] = await cost(path)
      const [empty = Number.NaN, recorded = Number.NaN] = paths.map((path) => costs[path])
      say(`record_event ${round + 1} of ${ROUNDS}: ${recorded.toFixed(1)} µs, empty ${empty.toFixed(1)}`)
      if (round >= 0) ratios.push(recorded / empty)
    }
    for (const socket of sockets) socket.destroy()
    return summarise({
      name: 'record-event',
      unit: 'ratio',
      versus:
        'an empty Express handler behind the same chain; 32 connections, 2 events a request, SQLite, stored before the answer',
      values: ratios,
    })
  }
  throw new Error('the site did not start')
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

let told = 0
function request(path: string, cookie: string, n: number): string {
  const at = Date.now()
  const body = JSON.stringify([
    { id: `k3v9x2ab.${told++}`, name: 'mission', at, data: { mission: 'gather-kindling', good: n % 2 === 0 } },
    { id: `k3v9x2ab.${told++}`, name: 'battle', at, data: { monster: 'wolf', good: true } },
  ])
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${cookie}\r\n\r\n${body}`
}

/** Sends `count` requests over the sockets, one at a time each. @throws where one is not answered 204. */
async function send(sockets: readonly Socket[], count: number, request: (n: number) => string): Promise<void> {
  let next = 0
  await Promise.all(
    sockets.map(async (socket) => {
      while (next < count) {
        socket.write(request(next++))
        const [answer] = (await once(socket, 'data')) as [Buffer]
        if (!answer.toString('latin1').startsWith('HTTP/1.1 204 ')) throw new Error(answer.toString('latin1'))
      }
    }),
  )
}
