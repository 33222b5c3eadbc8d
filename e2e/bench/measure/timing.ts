import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answered, createWalker, type Walker } from '../../services/crowd.ts'
import { type Game, SOURCE, startGame } from '../../services/game.ts'
import { median, summarise, type Figure } from '../figure.ts'
import { inFlight } from '../side.ts'

const ROUNDS = 9
/** Requests of a side in one round, in portions that take turns: what else the machine does falls on both. */
const PORTIONS = 8
const PORTION = 48
const AT_ONCE = 6
const WARMUP = 1500
/** Requests of which each one's spans are summed. */
const SUMMED = 300

const TOKEN = 'a-token-of-the-bench'
const PRODUCTION = { NODE_ENV: 'production', INSPECT_TOKEN: TOKEN }

const PAGES = ['/', '/missions', '/battle', '/market', '/hero', '/ladder']

/** What timing and the profiler cost on the game's real pages, by the server process's own count of its CPU, and whether spans add up. */
export async function* timingFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  const preload = `--import=${join(import.meta.dirname, 'preload.ts')}`
  const start = (env: Record<string, string>) =>
    startGame({ entry: SOURCE, env: { ...PRODUCTION, ...env, NODE_OPTIONS: preload } })

  await using on = await start({})
  {
    await using off = await start({ TIMING: 'off' })
    const sides = { on: createLoad(on), off: createLoad(off) }
    say('timing: warming up')
    await Promise.all([sides.on(WARMUP), sides.off(WARMUP)])
    const values: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const { on, off } = await compare(sides.on, sides.off)
      values.push(on / off)
      say(`timing ${round} of ${ROUNDS}: ${on.toFixed(0)} µs a page with, ${off.toFixed(0)} without`)
    }
    const versus = 'the same server composed without timing, spans, histograms, traces and log lines; six pages, CPU'
    yield summarise({ name: 'timing-cost', unit: 'ratio', versus, values })
  }

  const load = createLoad(on)
  const profiled = async (count: number) => {
    await tell(on, 'start')
    const cost = await load(count)
    await tell(on, 'stop')
    return cost
  }
  // The first start loads V8's profiler.
  await profiled(PORTION)
  const values: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const { on, off } = await compare(profiled, load)
    values.push(on / off)
    say(`profiler ${round} of ${ROUNDS}: ${on.toFixed(0)} µs a page with, ${off.toFixed(0)} without`)
  }
  const versus = 'the same process with the profiler stopped; starting and stopping left out; six pages, CPU'
  yield summarise({ name: 'profiler-cost', unit: 'ratio', versus, values })

  const pages: Answered[] = []
  for await (const page of timedPages(start)) pages.push(page)
  yield* spanSums(pages)
}

/** CPU microseconds for each of some requests. */
type Load = (count: number) => Promise<number>

function createLoad(game: Game): Load {
  const walkers = Array.from({ length: AT_ONCE }, (_, number) => createWalker(game.url, number + 1))
  let turn = 0
  return async (count) => {
    const before = await cpuOf(game)
    await inFlight(count, AT_ONCE, () => visit(walkers[turn % AT_ONCE] as Walker, turn++))
    return ((await cpuOf(game)) - before) / count
  }
}

async function visit(walker: Walker, turn: number): Promise<Answered> {
  const page = PAGES[turn % PAGES.length] ?? '/'
  const answered = await walker.get(page)
  if (answered.status !== 200) throw new Error(`${page} answered ${answered.status}: ${answered.text.slice(0, 200)}`)
  return answered
}

/** Portions of both in turns, the first first and then the second first; of each the median, since a neighbour's work falls on some of them. */
async function compare(one: Load, other: Load): Promise<{ on: number; off: number }> {
  const [on, off]: [number[], number[]] = [[], []]
  for (let portion = 0; portion < PORTIONS; portion++) {
    if (portion % 2 === 0) on.push(await one(PORTION))
    off.push(await other(PORTION))
    if (portion % 2 === 1) on.push(await one(PORTION))
  }
  const middle = (costs: number[]) => median(costs.toSorted((a, b) => a - b))
  return { on: middle(on), off: middle(off) }
}

/** CPU microseconds that the process has used, by its own count: it answers a signal with a line. */
async function cpuOf(game: Game): Promise<number> {
  const said = game.output().length
  process.kill(game.pid, 'SIGUSR2')
  for (;;) {
    const value = /^cpu (\d+)$/m.exec(game.output().slice(Math.max(0, said - 1)))?.[1]
    if (value !== undefined) return Number(value)
    await sleep(1)
  }
}

async function tell({ url }: Game, action: 'start' | 'stop'): Promise<void> {
  const body = new URLSearchParams({ action, kind: 'cpu' })
  const { status } = await fetch(`${url}/__profile__`, {
    method: 'POST',
    headers: { 'X-Inspect-Token': TOKEN },
    body,
    redirect: 'manual',
  })
  if (status !== 303) throw new Error(`the profiler answered ${status} to ${action}`)
}

async function* timedPages(start: (env: Record<string, string>) => Promise<Game>): AsyncGenerator<Answered> {
  await using game = await start({ STOPWATCH: 'on' })
  await createLoad(game)(WARMUP)
  const walker = createWalker(game.url, 1)
  await visit(walker, 0)
  for (let turn = 0; turn < SUMMED; turn++) yield visit(walker, turn)
}

/** Each request's spans, summed, against their own whole, and that against a stopwatch around all of the server's work that knows nothing of them. */
function* spanSums(pages: readonly Answered[]): Generator<Figure> {
  const sums: number[] = []
  const wholes: number[] = []
  for (const { headers } of pages) {
    let [outer, inner] = [0, 0]
    for (const [, name, took] of String(headers['server-timing']).matchAll(/([\w-]+);dur=([\d.]+)/g))
      if (name === 'outer') outer += Number(took)
      else inner += Number(took)
    sums.push(inner / outer)
    wholes.push(outer / Number(headers['stopwatch']))
  }
  const versus = 'outer of the same request, by its Server-Timing; six pages'
  yield summarise({ name: 'span-sum', unit: 'ratio', versus, values: sums })
  const stopwatch = "outer against a stopwatch from Node's request event to the head of the answer; six pages"
  yield summarise({ name: 'outer-stopwatch', unit: 'ratio', versus: stopwatch, values: wholes })
}
