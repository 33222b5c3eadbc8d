import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { BalancerTimes, Trace, Traces } from '../../middleware/traces.ts'
import type { Timings } from '../../middleware/timings.ts'

export interface BalancerOptions {
  timings: Timings
  /** Finds a request that has ended. */
  find: Traces['find']
}

/** Requests that ended here and lines that came first, each: more wait for their other half only where it never comes. */
const MOST_WAITING = 2000
/** Longer than the part of a line that is read: what was asked for stands last. */
const MOST_LINE = 512

/** As `cdn/haproxy.ts` has HAProxy write it: `%ID %ST %B %TR/%Tw/%Tc/%Tr/%Ta %s …`. -1 is what it did not come to. */
const LINE = /^([\w.:-]{8,64}) (-?\d+) \d+ (-?\d+)\/(-?\d+)\/(-?\d+)\/(-?\d+)\/\+?(-?\d+) (\S{1,64})/

/**
 * Joins what HAProxy tells of a request to what is known of it here, by its id. Every instance gets all lines; those of requests that ended elsewhere are
 * forgotten. A request that no instance got (the balancer says `<NOSRV>`) counts as failed, under the route `balancer`, in every instance.
 */
export class Balancer {
  readonly #timings: Timings
  readonly #find: Traces['find']
  /** Routes of requests whose line has not come, by id. */
  readonly #ended = new Map<string, string>()
  /** Lines of requests that have not ended here, by id. */
  readonly #told = new Map<string, BalancerTimes>()

  constructor({ timings, find }: BalancerOptions) {
    this.#timings = timings
    this.#find = find
  }

  /** A request has been answered. */
  ended(trace: Trace): void {
    const times = this.#told.get(trace.id)
    if (times) {
      this.#told.delete(trace.id)
      this.#join(trace.id, trace.route, times)
    } else remember(this.#ended, trace.id, trace.route)
  }

  /** Takes one line of the balancer's log; what is none is let go. */
  take(line: string): void {
    const [, id, status, ...rest] = LINE.exec(line.slice(0, MOST_LINE)) ?? []
    if (id === undefined) return
    const server = rest.pop() ?? ''
    const [receive = 0, queue = 0, connect = 0, response = 0, all = 0] = rest.map((text) => Math.max(0, Number(text)))
    if (server === '<NOSRV>') {
      this.#timings.record('balancer', [['outer', all]], Number(status) >= 500)
      return
    }
    const times = { server, receive, queue, connect, response, send: 0 }
    times.send = Math.max(0, all - receive - queue - connect - response)
    const route = this.#ended.get(id)
    if (route === undefined) {
      remember(this.#told, id, times)
      return
    }
    this.#ended.delete(id)
    this.#join(id, route, times)
  }

  #join(id: string, route: string, times: BalancerTimes): void {
    const { server: _, ...figures } = times
    this.#timings.balanced(route, Object.entries(figures))
    const trace = this.#find(id)
    if (trace) trace.balancer = times
  }
}

function remember<T>(map: Map<string, T>, id: string, value: T): void {
  map.set(id, value)
  if (map.size > MOST_WAITING) map.delete(map.keys().next().value ?? '')
}

export interface ReceiveOptions {
  /** Where to listen for datagrams. Port 0 takes a free one. */
  host: string
  port: number
  /** Whose datagrams are read: `trust proxy`'s word. Anybody can send one. */
  isTrusted: (address: string) => boolean
  /** Gets each line. */
  take: (line: string) => void
}

/**
 * Receives the balancer's log by UDP: one line a datagram, as HAProxy's `log ADDRESS format raw` sends it. What is lost on the way, or comes faster than it is read, is
 * not told; nothing waits here.
 *
 * @returns its port, and what ends it.
 * @throws Error in a line where the place is taken.
 */
export async function receiveLog(options: ReceiveOptions): Promise<{ port: number; close(): void }> {
  const { host, port, isTrusted, take } = options
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
  socket.on('message', (message, { address }) => {
    if (isTrusted(address)) take(message.toString('utf8'))
  })
  socket.bind(port, host)
  try {
    await once(socket, 'listening')
  } catch (error) {
    throw new Error(
      `BALANCER_LOG is "udp://${host}:${port}": ${String(error)}; expected a free port of this machine, for example BALANCER_LOG=udp://127.0.0.1:5141`,
      { cause: error },
    )
  }
  socket.unref()
  // The log is no reason to end: what the socket says later is let go.
  socket.on('error', () => {})
  return { port: socket.address().port, close: () => socket.close() }
}
