import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CpuProfile } from './cpuprofile.ts'
import type { Row } from './table.ts'

const run = promisify(execFile)
const FIXTURE = path.join(import.meta.dirname, 'fixture.ts')
const REQUESTS = ['slow', 'quick', 'deep']

interface Said {
  rows: Row[]
  ended: number
  whole: number
  cachegrind: string
  cpuprofile: CpuProfile
  speedscope: { shared: { frames: { name: string }[] }; profiles: { samples: number[][]; weights: number[] }[] }
}

async function profile(what: object, ...more: string[]): Promise<Said> {
  const { stdout } = await run(process.execPath, [FIXTURE, JSON.stringify({ requests: REQUESTS, ...what }), ...more])
  return JSON.parse(stdout) as Said
}
const rowOf = ({ rows }: Said, name: string) => rows.find((row) => row.name === name && row.file === 'fixture.ts')

let folder: string
let cpu: Said
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-profile-'))
  cpu = await profile({ kind: 'cpu' }, path.join(folder, 'kept/flush.cpuprofile'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the hot function leads the table, with its line in the TypeScript source', async () => {
  const [first] = cpu.rows.filter(({ file }) => file === 'fixture.ts').toSorted((one, other) => other.own - one.own)
  expect(['slow', 'deep']).toContain(first?.name)
  const slow = rowOf(cpu, 'slow')
  const source = await readFile(FIXTURE, 'utf8')
  expect(source.split('\n')[(slow?.line ?? 0) - 1]).toContain('function slow()')
})

test('a function that calls itself counts once in what it took as a whole', () => {
  const { whole = 0 } = rowOf(cpu, 'deep') ?? {}
  expect(whole).toBeGreaterThan(0)
  expect(whole).toBeLessThanOrEqual(cpu.whole)
})

test("the process's first request is left out", () => {
  expect(rowOf(cpu, 'firstOnly')).toBeUndefined()
})

test('what ran while it was stopped is not in it, what ran after it was started again is', () => {
  expect(cpu.ended).toBe(2 * REQUESTS.length)
})

test('of chosen routes nothing else is counted, across awaits', async () => {
  const quick = await profile({ kind: 'cpu', routes: ['qui'], requests: [...REQUESTS, 'quick', 'quick', 'quick'] })
  expect(rowOf(quick, 'quick')?.own).toBeGreaterThan(0)
  expect(rowOf(quick, 'slow')).toBeUndefined()
})

test('counts are exact', async () => {
  const counted = await profile({ kind: 'counts' })
  expect(rowOf(counted, 'slow')?.calls).toBe(2 * 2)
  expect(rowOf(counted, 'deep')?.calls).toBe(2 * 6)
})

test('a heap profile names the function whose objects stay', async () => {
  const heap = await profile({ kind: 'heap', requests: ['leak', 'leak', 'quick'] })
  expect(rowOf(heap, 'leak')?.whole).toBeGreaterThan(200_000)
})

test('callgrind_annotate reads the cachegrind file, down to the lines', async () => {
  const file = path.join(folder, 'callgrind.out')
  await writeFile(file, cpu.cachegrind)
  const { stdout } = await run('callgrind_annotate', ['--inclusive=yes', file])
  expect(stdout).toMatch(/fixture\.ts:slow/)
  expect(stdout).toContain(`${Math.round(cpu.whole).toLocaleString('en')} (100.0%)  PROGRAM TOTALS`)
})

test("V8's form holds the same times, every node reachable and every sample known", () => {
  const { nodes, samples = [], timeDeltas = [], startTime, endTime } = cpu.cpuprofile
  const ids = new Set(nodes.map(({ id }) => id))
  expect(ids.size).toBe(nodes.length)
  expect(new Set([1, ...nodes.flatMap(({ children = [] }) => children)])).toEqual(ids)
  expect(samples.filter((id) => !ids.has(id))).toEqual([])
  expect(timeDeltas).toHaveLength(samples.length)
  expect(Math.abs(endTime - startTime - cpu.whole)).toBeLessThan(samples.length)
})

test("speedscope's form holds the same times", () => {
  const [profile] = cpu.speedscope.profiles
  expect(profile?.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(cpu.whole, 0)
  const named = profile?.samples.map((stack) => stack.map((frame) => cpu.speedscope.shared.frames[frame]?.name))
  expect(named).toContainEqual(expect.arrayContaining(['deep', 'slow']))
})

test('what was gathered is written when the profiler is closed, and nothing half-written beside it', async () => {
  expect(await readdir(path.join(folder, 'kept'))).toEqual(['flush.cpuprofile'])
  const written = JSON.parse(await readFile(path.join(folder, 'kept/flush.cpuprofile'), 'utf8')) as CpuProfile
  expect(written.nodes.map(({ callFrame }) => callFrame.functionName)).toContain('slow')
})
