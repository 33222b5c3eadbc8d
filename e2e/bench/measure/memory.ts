import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createWalker } from '../../services/crowd.ts'
import { type Game, SOURCE, startGame } from '../../services/game.ts'
import { summarise, type Figure } from '../figure.ts'
import { inFlight } from '../side.ts'

const REQUESTS = 1_000_000
/** Of them pages, with all their sections: many times what is kept of such. The rest are probes, which are kept, counted and logged as well. */
const PAGES = 24_000
const PEOPLE = 200
/** One visit in so many tells of itself, as much as fits. */
const BEACON_EVERY = 10
const STEPS = 4
const PLACES = ['/', '/missions', '/battle', '/market', '/hero', '/ladder']

/** What all that measures has in memory after a million requests: the server with it against the same without, and that it does not grow from a quarter of them on. */
export async function measureMemory(say: (line: string) => void): Promise<Figure> {
  const on = await heaps({}, say)
  const off = await heaps({ TIMING: 'off' }, say)
  const values = on.map((heap, step) => heap - (off[step] ?? Number.NaN))
  const versus = `the same server without timing, traces, log and beacons, after a garbage collection; 250,000, 500,000, 750,000 and 1,000,000 requests, ${PAGES} of them pages by ${PEOPLE} people`
  return summarise({ name: 'measure-memory', unit: 'MiB', versus, values })
}

/** MiB in use at each quarter of the way. */
async function heaps(env: Record<string, string>, say: (line: string) => void): Promise<number[]> {
  const preload = `--import=${join(import.meta.dirname, 'preload.ts')}`
  await using game = await startGame({
    entry: SOURCE,
    env: { NODE_ENV: 'production', INSPECT_TOKEN: 'a-token-of-the-bench', ...env, NODE_OPTIONS: preload },
  })
  const walkers = Array.from({ length: PEOPLE }, (_, number) => createWalker(game.url, number + 1))
  const taken: number[] = []
  for (let step = 1; step <= STEPS; step++) {
    await inFlight(PAGES / STEPS, 8, async (n) => {
      const walker = walkers[n % PEOPLE]
      if (!walker) return
      const { status, headers } = await walker.get(PLACES[n % PLACES.length] ?? '/')
      if (status !== 200) throw new Error(`a page answered ${status}`)
      if (env['TIMING'] !== 'off' && n % BEACON_EVERY === 0)
        await walker.tell('/track/beacon', beacon(step * PAGES + n, String(headers['x-request-id'])))
    })
    await probe(game, (REQUESTS - PAGES) / STEPS)
    taken.push(await heapOf(game))
    const title = env['TIMING'] === 'off' ? 'without' : 'with'
    say(`memory ${title} measuring, ${(REQUESTS / STEPS) * step} requests: ${taken.at(-1)?.toFixed(1)} MiB`)
  }
  return taken
}

/** As long as one may be. */
function beacon(number: number, request: string) {
  const fragment = { path: '/market', request, wait: 20, transfer: 2, decode: 30, morph: 4, paint: 9 }
  const frame = { path: '/market', duration: 90, blocking: 40, script: '/assets/main-0123abcd.js onClick' }
  return {
    id: `visit-${number}.0`,
    release: 'bench',
    path: '/',
    request,
    document: { connect: 1, wait: 20, transfer: 2, parsed: 90 },
    vitals: { LCP: 300, INP: 40, CLS: 0.01, FCP: 200, TTFB: 20 },
    frames: Array.from({ length: 5 }, () => frame),
    fragments: Array.from({ length: 9 }, () => fragment),
  }
}

const PROBE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'
const AT_ONCE = 100

/** Asks whether it lives, so many times, a hundred at once over one connection. */
async function probe({ url }: Game, count: number): Promise<void> {
  const socket = connect({ port: Number(new URL(url).port), host: 'localhost', noDelay: true })
  await once(socket, 'connect')
  socket.setEncoding('latin1')
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    socket.write(PROBE.repeat(AT_ONCE))
    for (let answered = 0; answered < AT_ONCE;) {
      const [text] = (await once(socket, 'data')) as [string]
      answered += text.split('HTTP/1.1 200 ').length - 1
      if (text.includes('HTTP/1.1 5')) throw new Error(text.slice(0, 200))
    }
  }
  socket.destroy()
}

/** MiB that are in use after a garbage collection: the process answers a signal with a line. */
async function heapOf(game: Game): Promise<number> {
  const last = () => [...game.output().matchAll(/^heap (\d+) at [\d.]+$/gm)].at(-1)
  const before = last()?.[0]
  process.kill(game.pid, 'SIGWINCH')
  let told = last()
  for (; told?.[0] === before; told = last()) await sleep(50)
  return Number(told?.[1]) / 1024 / 1024
}
