import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What may happen to a request on its way. */
export type Fault = keyof typeof SHARES

/** How many of all requests: 10 % fail, 5 % hang, and so on. The rest arrives as it was sent. */
export const SHARES = {
  /** 503 from what stands before the server, which is not asked. */
  error: 0.04,
  /** The connection is reset before the server is asked, */
  refused: 0.03,
  /** or after it has answered: it was done, and nobody was told. */
  lost: 0.03,
  /** Nobody answers. */
  hang: 0.05,
  /** The connection ends in the midst of the answer. */
  half: 0.05,
  /** The server is asked twice at once. */
  twice: 0.05,
  /** Others overtake it. */
  late: 0.1,
  /** A server of another release answers. */
  skew: 0.02,
} as const

export interface FaultOptions {
  /** The same seed has the same faults happen to the same order of requests. */
  seed: number
  /** Shares over {@link SHARES}. */
  shares?: Partial<Record<Fault, number>>
  /** Ms until one that hangs is reset. Default 1,000; the other way to end it is for the browser to give up. */
  patience?: number
  /** Which requests may suffer. Default all but streams of events. */
  touches?: (asked: IncomingMessage) => boolean
}

/** A bad line to a server. */
export interface FaultyLine extends AsyncDisposable {
  /** The server's URL by way of the line. */
  readonly url: string
  /** How often each fault happened. */
  readonly happened: Record<Fault, number>
  /** From now on nothing happens any more; what hangs is let go. */
  mend(): void
}

/** Lays a line that fails by a plan. The server behind it is asked over HTTP, so that requests can be doubled and answers cut. */
export async function layFaultyLine(target: string, options: FaultOptions): Promise<FaultyLine> {
  const { patience = 1000, touches = isNoStream } = options
  const shares = Object.entries({ ...SHARES, ...options.shares }) as [Fault, number][]
  const random = createRandom(options.seed)
  const happened = Object.fromEntries(shares.map(([name]) => [name, 0])) as Record<Fault, number>
  const hanging = new Set<ServerResponse>()
  let isWell = false

  /** Two numbers a request, whatever comes of it: the plan does not shift. */
  function draw(asked: IncomingMessage): { fault: Fault | undefined; chance: number } {
    let [left, chance] = [random(), random()]
    if (isWell || !touches(asked)) return { fault: undefined, chance }
    const fault = shares.find(([, share]) => (left -= share) < 0)?.[0]
    if (fault) happened[fault]++
    return { fault, chance }
  }

  async function onRequest(asked: IncomingMessage, res: ServerResponse): Promise<void> {
    const { fault, chance } = draw(asked)
    const body = await bytesOf(asked)
    const reset = () => void res.socket?.resetAndDestroy()
    if (fault === 'error') return void res.writeHead(503, { 'Content-Type': 'text/plain' }).end('not now')
    if (fault === 'refused') return reset()
    if (fault === 'hang') {
      hanging.add(res)
      setTimeout(reset, patience).unref()
      res.on('close', () => hanging.delete(res))
      // Half of them have been done all the same.
      if (chance > 0.5) return
    }
    const answers = [ask(target, asked, body), ...(fault === 'twice' ? [ask(target, asked, body)] : [])]
    const settled = await Promise.allSettled(answers)
    const answer = settled.find((one) => one.status === 'fulfilled')?.value
    if (!answer || fault === 'lost') return reset()
    if (fault === 'hang') return void answer.resume()
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, 40 + chance * 400))
    if (fault === 'skew' && answer.headers['release']) answer.headers['release'] = 'another'
    const headers = { ...answer.headers }
    // These are of the connection to the server, not of the answer.
    for (const name of ['transfer-encoding', 'connection', 'keep-alive']) delete headers[name]
    if (fault !== 'half') {
      res.writeHead(answer.statusCode ?? 500, headers)
      answer.pipe(res)
      answer.on('error', reset)
      return
    }
    const whole = await bytesOf(answer)
    res.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': whole.length })
    res.write(whole.subarray(0, Math.floor(whole.length * chance)), reset)
  }

  const server = createServer((asked, res) => {
    // Who hung up wants no answer.
    res.on('error', () => {})
    onRequest(asked, res).catch(() => res.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    happened,
    mend() {
      isWell = true
      for (const res of hanging) res.socket?.resetAndDestroy()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Asks the server as the browser did. */
async function ask(target: string, { method, url = '/', headers }: IncomingMessage, body: Buffer) {
  const asking = request(new URL(url, target), { method, headers, agent: false })
  asking.end(body)
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  return answer
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const isNoStream = ({ headers }: IncomingMessage) => headers.accept !== 'text/event-stream'

/** Mulberry32: from 0 to 1, always the same row for a seed. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
