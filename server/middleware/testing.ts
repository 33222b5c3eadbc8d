import express, { type Express } from 'express'
import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { textOf } from '../log/text.ts'
import { answerError } from './errors.ts'
import { Timings } from './timings.ts'
import { timing } from './timing.ts'
import { requestId } from './requestid.ts'

/** An answer as it came off the wire: nothing decoded, nothing followed. */
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  /** `bytes` as UTF-8. */
  text: string
}

export interface Question {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** A real server on a free port, for one test: `await using server = await listen(app)`. */
export interface Listening extends AsyncDisposable {
  url: string
  /** Asks over one kept connection, so that a test sees whether an answer left it usable. */
  ask(path: string, question?: Question): Promise<Answer>
  /** Connections opened so far. */
  connections(): number
}

/** What the log got from {@link app}'s timing middleware, and its histograms. */
export interface Watched {
  lines: string[]
  timings: Timings
}

/** An Express app set as `createApp` sets it, with request ids and timing, on which a test puts what it is about. */
export function app(watched: Watched = { lines: [], timings: new Timings() }): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', 'loopback')
  app.use(requestId())
  app.use(timing({ timings: watched.timings, log: (entry) => watched.lines.push(textOf(entry)) }))
  return app
}

/** Tells what failed without a page: as JSON to those who want it, else as plain words. For `errors(…)` and `timeout(…)`. */
export const answerPlain = answerError({
  errorPage: () => {
    throw new Error('no pages here')
  },
  sendPage: () => {},
  log: () => {},
})

export async function listen(app: Express): Promise<Listening> {
  const server = createServer(app)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    url,
    ask: (path, question) => ask(url + path, agent, question),
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function ask(url: string, agent: Agent, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (message) => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('error', reject)
      message.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: message.statusCode ?? 0, headers: message.headers, bytes, text: bytes.toString() })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
