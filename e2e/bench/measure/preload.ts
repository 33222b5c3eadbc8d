import { subscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { registerHooks } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Stands before the game's server, by `--import`: on SIGUSR2 it says what CPU the process has used, and with `TIMING=off` the server is composed without timing. Told to
 * `STOPWATCH` it takes the time of each request itself, from Node's own event to the answer's head, as the header `Stopwatch`.
 */
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage()
  process.stdout.write(`cpu ${user + system}\n`)
})

// And on SIGWINCH what it has in memory, once what nobody holds is gone.
process.on('SIGWINCH', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  process.stdout.write(`heap ${heapUsed + external} at ${performance.now()}\n`)
})

/** What takes the place of timing and of what watches for pauses: requests are named, and nothing is measured, told or kept. */
const OFF: Readonly<Record<string, string>> = {
  '/server/middleware/timing.ts': `
    class Off {
      controller = 'outer'
      echo = undefined
      span(_layer, work) { return work() }
      open() { return () => {} }
      count() {}
    }
    export const timing = () => function timing(req, _res, next) { req.timing = new Off(); next() }
    export const controller = () => function controller(_req, _res, next) { next() }
    export function beforeHead(res, work) {
      const writeHead = res.writeHead.bind(res)
      res.writeHead = (...head) => { if (!res.headersSent) work(); return writeHead(...head) }
    }`,
  '/server/middleware/pauses.ts': 'export const watchPauses = () => () => {}',
}

if (process.env['TIMING'] === 'off')
  registerHooks({
    load(url, context, next) {
      const file = Object.keys(OFF).find((end) => url.endsWith(end))
      return file === undefined ? next(url, context) : { format: 'module', source: OFF[file] ?? '', shortCircuit: true }
    },
  })

if (process.env['STOPWATCH'] === 'on')
  subscribe('http.server.request.start', (message) => {
    const began = performance.now()
    const { response } = message as { response: ServerResponse }
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse
    response.writeHead = (...head: unknown[]) => {
      if (!response.headersSent) response.setHeader('Stopwatch', (performance.now() - began).toFixed(3))
      return writeHead(...head)
    }
  })
