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
  /** Leads new connections to another server, as a load balancer does; those that are open stay where they are. */
  lead(target: string): void
}

/** How narrow and how long a line is. */
export interface Conditions {
  /** Bits a second, shared by all connections. */
  down: number
  up: number
  /** Milliseconds there and back; a new connection takes one round trip before its first byte. */
  roundTrip: number
}

/** The line that figures are taken on: 1.6 Mbps and 150 ms, what Lighthouse calls slow 4G. */
export const SLOW: Conditions = { down: 1_600_000, up: 750_000, roundTrip: 150 }

/**
 * Lays a line to a server on this machine. Without conditions it is as fast as the machine; with them it is throttled outside the browser, so that
 * workers and service workers share it too. TCP's slow start is not played: a real line of these measures is a little slower.
 */
export async function layLine(target: string, conditions?: Conditions): Promise<Line> {
  const open = new Set<Socket>()
  const received: Line['received'] = []
  const down = conditions && createPipe(conditions.down, conditions.roundTrip / 2)
  const up = conditions && createPipe(conditions.up, conditions.roundTrip / 2)
  let isCut = false
  let to = new URL(target)

  const server = createServer({ allowHalfOpen: true }, (browser) => {
    if (isCut) {
      browser.resetAndDestroy()
      return
    }
    const upstream = connect({ host: to.hostname, port: Number(to.port), allowHalfOpen: true })
    const end = () => {
      browser.destroy()
      upstream.destroy()
      open.delete(browser)
    }
    open.add(browser)
    for (const socket of [browser, upstream]) socket.setNoDelay().on('close', end).on('error', end)
    const hand = (packet: Buffer) => {
      received.push({ at: Date.now(), bytes: packet.length })
      browser.write(packet)
    }
    const start = () => {
      flow(browser, up, (packet) => upstream.write(packet), end)
      flow(upstream, down, hand, () => browser.end())
    }
    if (conditions) setTimeout(start, conditions.roundTrip)
    else start()
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
    lead(target) {
      to = new URL(target)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Reads a socket into a pipe, or straight on where there is none; `done` follows its last byte. */
function flow(from: Socket, pipe: Pipe | undefined, hand: (packet: Buffer) => void, done: () => void): void {
  if (pipe) {
    const push = pipe(from, hand, done)
    from.on('data', push).on('end', () => push(null))
  } else from.on('data', hand).on('end', done)
}

/** Lets a connection in. @returns what takes its bytes, then null for their end. */
type Pipe = (from: Socket, hand: (packet: Buffer) => void, done: () => void) => (bytes: Buffer | null) => void

/** What a frame of Ethernet carries of a TCP stream: connections take turns by as much. */
const PACKET = 1448
/** A sender waits while this many bytes of its connection stand before the line: about what it would have under way. */
const WINDOW = 65_536

/** One direction of a line: what goes in comes out `delay` milliseconds later, all connections together at no more than `rate` bits a second. */
function createPipe(rate: number, delay: number): Pipe {
  interface Connection {
    from: Socket
    waiting: Buffer[]
    bytes: number
    hasEnded: boolean
    hand: (packet: Buffer) => void
    done: () => void
    /** What arrives next first: timers that end in the same millisecond come in any order, bytes may not. */
    underWay: (() => void)[]
  }
  /** Those that have something waiting. */
  const turns: Connection[] = []
  let isSending = false
  /** When the last packet has left, by the rate alone: a timer that comes late is made up for. */
  let clock = 0

  function send(): void {
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const connection = turn
      const wait = clock - performance.now()
      if (wait > 0) {
        turns.unshift(connection)
        setTimeout(send, wait)
        return
      }
      const packet = take(connection)
      clock += (packet.length * 8000) / rate
      arrive(connection, () => connection.hand(packet))
      if (connection.bytes < WINDOW && connection.from.isPaused()) connection.from.resume()
      if (connection.waiting.length > 0) turns.push(connection)
      else if (connection.hasEnded) arrive(connection, connection.done)
    }
    isSending = false
  }

  function take(connection: Connection): Buffer {
    const [first = Buffer.alloc(0)] = connection.waiting
    const packet = first.subarray(0, PACKET)
    if (packet.length === first.length) connection.waiting.shift()
    else connection.waiting[0] = first.subarray(PACKET)
    connection.bytes -= packet.length
    return packet
  }

  function arrive({ underWay }: Connection, what: () => void): void {
    underWay.push(what)
    setTimeout(() => underWay.shift()?.(), Math.max(0, clock - performance.now()) + delay)
  }

  return (from, hand, done) => {
    const connection: Connection = { from, waiting: [], bytes: 0, hasEnded: false, hand, done, underWay: [] }
    return (bytes) => {
      if (bytes === null) {
        connection.hasEnded = true
        if (connection.waiting.length === 0) arrive(connection, done)
        return
      }
      if (connection.waiting.length === 0) turns.push(connection)
      connection.waiting.push(bytes)
      connection.bytes += bytes.length
      if (connection.bytes >= WINDOW) from.pause()
      if (isSending) return
      isSending = true
      clock = Math.max(clock, performance.now())
      send()
    }
  }
}
