import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { startProgram, untilReady } from '../services/program.ts'

const CLI = path.join(import.meta.dirname, '../../build/cli.ts')

/** One request as it came from the browser, the page's, a worker's or the service worker's, and its answer. */
export interface Served {
  /** Below the game's own place: `assets/hero.png?v=1`. */
  path: string
  accept: string
  status: number
  type: string
  /** Of the body, as sent. */
  bytes: number
}

export interface Host extends AsyncDisposable {
  /** Where the game is, with a slash at the end. */
  readonly url: string
  /** All that was answered, in order. */
  readonly served: Served[]
}

/** Serves a built game by `firstframe serve`, behind a front that writes down what is asked for. */
export async function host(dist: string, base = '/'): Promise<Host> {
  const program = await startProgram({
    command: process.execPath,
    args: [CLI, 'serve', dist, '--port', '0', '--base', base],
  })
  const ready = () => /^ready (http:\S+)$/m.exec(program.output())?.[1]
  await untilReady(program, { name: `firstframe serve ${dist}`, isReady: () => ready() !== undefined })
  const origin = new URL(ready() ?? '')
  const served: Served[] = []
  const front = createServer((req, res) => {
    const { hostname, port } = origin
    const { url = '/', method, headers } = req
    const onward = request({ hostname, port, path: url, method, headers }, (answer) => {
      const entry = describe(url.startsWith(base) ? url.slice(base.length) : `outside ${base}: ${url}`, req, answer)
      served.push(entry)
      answer.on('data', (chunk: Buffer) => (entry.bytes += chunk.length))
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    res.on('close', () => onward.destroy())
    req.pipe(onward)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    url: `http://localhost:${(front.address() as AddressInfo).port}${base}`,
    served,
    async [Symbol.asyncDispose]() {
      front.closeAllConnections()
      front.close()
      await program[Symbol.asyncDispose]()
    },
  }
}

const describe = (path: string, req: IncomingMessage, answer: IncomingMessage): Served => ({
  path,
  accept: req.headers.accept ?? '',
  status: answer.statusCode ?? 0,
  type: answer.headers['content-type'] ?? '',
  bytes: 0,
})
