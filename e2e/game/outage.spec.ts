import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { createWalker, play } from '../services/crowd.ts'
import { type Game, startGame } from '../services/game.ts'
import { startMemcached } from '../services/memcached.ts'
import { needed } from '../services/needed.ts'

/** Of each game; together they ask for less than a process can answer: their pace falls when answers are late. */
const PLAYERS = 5
const THINKING = 40
/** Milliseconds of one count of answers. */
const BIN = 250

/** What a crowd on one game has come to. */
interface Load {
  failures: string[]
  /** Answers of each bin since the beginning. */
  answers: number[]
  over: Promise<unknown>
}

function crowd(game: Game, began: number, signal: AbortSignal): Load {
  const failures: string[] = []
  const answers: number[] = []
  const players = Array.from({ length: PLAYERS }, async (_, number) => {
    const walker = createWalker(game.url, number)
    for (let turn = 0; !signal.aborted; turn++) {
      const answered = await play(walker, turn).catch((error: unknown) => String(error))
      const bin = Math.floor((performance.now() - began) / BIN)
      if (typeof answered === 'string' || answered.status >= 500 || answered.status === 429)
        failures.push(typeof answered === 'string' ? answered : `status ${answered.status}`)
      else answers[bin] = (answers[bin] ?? 0) + 1
      await wait(THINKING)
    }
  })
  return { failures, answers, over: Promise.all(players) }
}

/** Answers a bin, between two moments. */
function pace({ answers }: Load, from: number, to: number): number {
  const bins = answers.slice(Math.ceil(from / BIN), Math.floor(to / BIN))
  return bins.reduce((sum, count) => sum + (count ?? 0), 0) / bins.length
}

test('memcached is killed, started, stopped and goes on during 30 seconds of play: no request fails, and the pace is back within 2 seconds', async () => {
  test.setTimeout(120_000)
  await using memcached = await startMemcached({ path: await needed('memcached') })
  await using game = await startGame({ env: { MEMCACHED_SERVERS: memcached.address } })
  // Has no memcached to lose: whatever else keeps the machine busy slows it as well.
  await using other = await startGame()

  const began = performance.now()
  const end = new AbortController()
  const [tried, spared] = [game, other].map((game) => crowd(game, began, end.signal)) as [Load, Load]
  const faults: { name: string; at: number }[] = []
  const fault = async (name: string, work: () => unknown) => {
    faults.push({ name, at: performance.now() - began })
    await work()
    await wait(5000)
  }
  await wait(5000)
  await fault('killed', () => memcached.kill())
  await fault('started', () => memcached.restart())
  await fault('stopped', () => memcached.pause())
  await fault('goes on', () => memcached.resume())
  await fault('killed and started at once', () => memcached.restart())
  const ended = performance.now() - began
  end.abort()
  await Promise.all([tried.over, spared.over])

  expect(tried.failures).toEqual([])
  const against = (from: number, to: number): number => pace(tried, from, to) / pace(spared, from, to)
  const first = against(1000, 5000)
  // From two seconds after a fault until the next.
  const paces = faults.map(({ name, at }, index) => ({
    name,
    ratio: against(at + 2000, faults[index + 1]?.at ?? ended) / first,
  }))
  const told = paces.map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`).join(', ')
  console.log(`${Math.round(pace(tried, 1000, 5000) * (1000 / BIN))} answers a second; ${told}`)
  for (const { name, ratio } of paces)
    expect(ratio, `pace two seconds after memcached was ${name}`).toBeGreaterThan(0.7)
  const report = await (await fetch(`${game.url}/__timing__?format=json`)).text()
  // It was in use between the faults, or nothing of this was seen.
  expect(report).toMatch(/"up": true,[^}]*"failures": \{[^}]*\},\s*"ejections": (?:[3-9]|\d\d)/)
})
