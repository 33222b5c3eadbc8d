import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { createWalker, play } from '../services/crowd.ts'
import { startGame } from '../services/game.ts'
import { startMemcached } from '../services/memcached.ts'
import { provision } from '../services/provision.ts'

/** Together they ask for about a third of what one process can answer: their pace falls when answers are late, not when the machine is busy. */
const PLAYERS = 10
const THINKING = 40
/** Milliseconds of one count of answers. */
const BIN = 250

test('memcached is killed, started, stopped and goes on during 30 seconds of play: no request fails, and the pace is back within 2 seconds', async () => {
  test.setTimeout(120_000)
  const program = await provision('memcached')
  test.skip(program.path === null, program.path === null ? program.reason : '')
  await using memcached = await startMemcached({ path: program.path ?? '' })
  await using game = await startGame({ env: { MEMCACHED_SERVERS: memcached.address } })

  const began = performance.now()
  const failures: string[] = []
  const answers: number[] = []
  const over = new AbortController()
  const players = Array.from({ length: PLAYERS }, async (_, number) => {
    const walker = createWalker(game.url, number)
    for (let turn = 0; !over.signal.aborted; turn++) {
      const answered = await play(walker, turn).catch((error: unknown) => String(error))
      const bin = Math.floor((performance.now() - began) / BIN)
      if (typeof answered === 'string' || answered.status >= 500 || answered.status === 429)
        failures.push(typeof answered === 'string' ? answered : `status ${answered.status}`)
      else answers[bin] = (answers[bin] ?? 0) + 1
      await wait(THINKING)
    }
  })

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
  const end = performance.now() - began
  over.abort()
  await Promise.all(players)

  expect(failures).toEqual([])
  const pace = (from: number, to: number): number => {
    const bins = answers.slice(Math.ceil(from / BIN), Math.floor(to / BIN))
    return bins.reduce((sum, count) => sum + (count ?? 0), 0) / bins.length
  }
  const first = pace(1000, 5000)
  const paces = faults.map(({ name, at }, index) => ({
    name,
    // From two seconds after it until the next.
    ratio: pace(at + 2000, faults[index + 1]?.at ?? end) / first,
  }))
  console.log(
    `${Math.round(first * (1000 / BIN))} answers a second; ${paces.map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`).join(', ')}`,
  )
  for (const { name, ratio } of paces)
    expect(ratio, `pace two seconds after memcached was ${name}`).toBeGreaterThan(0.5)
  const report = (await (await fetch(`${game.url}/__timing__?format=json`)).json()) as {
    memcached: { up: boolean; ejections: number }[]
  }
  // It was in use between the faults, or nothing of this was seen.
  expect(report.memcached).toEqual([expect.objectContaining({ up: true, ejections: 3 }) as object])
})
