import { expect, test } from 'vitest'
import { errors } from './errors.ts'
import { traceOf } from './fixture.ts'
import { watchPauses } from './pauses.ts'
import { requestId } from './requestid.ts'
import { answerPlain, listen } from './testing.ts'
import { controller, timing } from './timing.ts'
import { Timings } from './timings.ts'
import { type Trace, Traces } from './traces.ts'
import express from 'express'

const trace = (id: string, took: number, began = Date.now()) => traceOf({ id, took, began })
const of = (person: string, id: string, began: number) => traceOf({ id, took: 1, began, person })
const ids = (traces: readonly Trace[]) => traces.map(({ id }) => id)

/** Holds the event loop. */
function hold(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

function site(traces: Traces) {
  const site = express()
  site.use(requestId(), timing({ timings: new Timings(), traces, log: () => {} }), controller())
  site.get('/', (req, res) => {
    req.timing.controller = 'village'
    req.timing.span('store', () => {
      req.timing.span('database', () => [1, 2, 3], { detail: 'select 1', outcome: (rows) => `${rows.length} rows` })
    })
    res.end('done')
  })
  site.get('/held', (_req, res) => {
    hold(60)
    // Told by a timer that could not run meanwhile.
    setTimeout(() => res.end(), 60)
  })
  site.get('/broken', (req) => {
    req.timing.span('render', () => {
      throw new Error('broken')
    })
  })
  site.use(errors(answerPlain))
  return site
}

test('a request is kept section by section, each within the one that was open', async () => {
  const traces = new Traces()
  await using server = await listen(site(traces))
  const { headers } = await server.ask('/')
  await expect.poll(() => traces.recent()).toHaveLength(1)
  const [kept] = traces.recent()
  expect(kept?.id).toBe(headers['x-request-id'])
  expect(kept?.route).toBe('village')
  expect(kept?.sections.map(({ layer, depth, detail, outcome }) => [layer, depth, detail, outcome])).toEqual([
    ['controller', 0, undefined, undefined],
    ['store', 1, undefined, undefined],
    ['database', 2, 'select 1', '3 rows'],
  ])
  for (const { from, to = kept?.took ?? NaN } of kept?.sections ?? []) {
    expect(from).toBeGreaterThanOrEqual(0)
    expect(to).toBeGreaterThanOrEqual(from)
    expect(to).toBeLessThanOrEqual((kept?.took ?? 0) + 0.001)
  }
  expect(kept?.sent).toBeGreaterThanOrEqual(kept?.took ?? Infinity)
})

test('a section that failed says so', async () => {
  const traces = new Traces()
  await using server = await listen(site(traces))
  await server.ask('/broken')
  await expect.poll(() => traces.recent()[0]?.state).toBe('500')
  expect(traces.recent()[0]?.sections.find(({ layer }) => layer === 'render')?.outcome).toBe('failed')
})

test('what held the event loop is told of the requests it fell into, and of no other', async () => {
  const traces = new Traces()
  const unwatch = watchPauses(traces)
  await using server = await listen(site(traces))
  await server.ask('/')
  await server.ask('/held')
  await expect.poll(() => traces.recent()).toHaveLength(2)
  const [held, quick] = traces.recent() as [Trace, Trace]
  const kinds = (of: Trace) => traces.pausesOf(of).map(({ kind }) => kind)
  expect(kinds(held)).toContain('busy')
  expect(kinds(quick)).not.toContain('busy')
  unwatch()
})

test('the latest are kept, and the slowest of the hour beside them', () => {
  const traces = new Traces({ recent: 2, slow: 2 })
  for (const [id, took] of Object.entries({ a: 50, b: 10, c: 30, d: 5, e: 1 })) traces.add(trace(id, took))
  expect(ids(traces.recent())).toEqual(['e', 'd'])
  expect(ids(traces.slow())).toEqual(['a', 'c'])
  expect(traces.find('a')?.took).toBe(50)
  expect(traces.find('b')).toBeUndefined()
})

test('after an hour a slow request makes room', () => {
  const traces = new Traces({ slow: 1 })
  traces.add(trace('old', 900, Date.now() - 3_700_000))
  traces.add(trace('new', 10))
  traces.add(trace('newer', 20))
  expect(ids(traces.slow())).toEqual(['newer'])
})

test('everybody’s requests of the last minutes are kept while few ask', () => {
  const traces = new Traces({ recent: 1, visits: 100 })
  for (let n = 0; n < 100; n++) traces.add(of(`p${n % 7}`, `id${n}`, n))
  expect(traces.findOf('p0', 'id0')?.id).toBe('id0')
  expect(traces.findOf('p0', 'id1')).toBeUndefined()
  expect(traces.findOf(null, 'id1')).toBeUndefined()
})

test('under load some people are followed, all they asked for in the same ten minutes, and the others not at all', () => {
  const traces = new Traces({ recent: 1, slow: 1, visits: 100 })
  // Sixty people, each asking once a second for five minutes.
  for (let second = 0; second < 300; second++)
    for (let n = 0; n < 60; n++) traces.add(of(`p${n}`, `${n}.${second}`, second * 1000 + n))
  const kept = (n: number) =>
    Array.from({ length: 300 }, (_, second) => traces.findOf(`p${n}`, `${n}.${second}`)).filter(Boolean).length
  const each = Array.from({ length: 60 }, (_, n) => kept(n))
  expect(each.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(101)
  // One or two may be left of the two that were added last and of the slowest.
  expect(each.filter((count) => count > 2).length).toBeLessThanOrEqual(1)
})

test('when it is quiet again more people are followed', () => {
  const traces = new Traces({ recent: 1, slow: 1, visits: 10 })
  for (let n = 0; n < 1000; n++) traces.add(of(`p${n}`, `busy${n}`, n))
  for (let n = 0; n < 3000; n++) traces.add(of(`p${n % 5}`, `quiet${n}`, n * 600_000))
  const followed = Array.from({ length: 10 }, (_, n) => traces.findOf(`p${(2990 + n) % 5}`, `quiet${2990 + n}`))
  expect(followed.filter(Boolean)).toHaveLength(10)
})

test('where those who were followed have gone others are', () => {
  const traces = new Traces({ recent: 1, slow: 1, visits: 10 })
  for (let n = 0; n < 1000; n++) traces.add(of(`p${n}`, `busy${n}`, n))
  const isFollowed = (person: string, at: number) => {
    traces.add(of(person, `${person}.${at}`, at))
    traces.add(of('passing by', `other.${at}`, at))
    return traces.findOf(person, `${person}.${at}`) !== undefined
  }
  const one = Array.from({ length: 1000 }, (_, n) => `p${n}`).find((person) => !isFollowed(person, 1000)) ?? ''
  const hours = Array.from({ length: 10 }, (_, hour) => isFollowed(one, (hour + 1) * 3_600_000))
  expect(hours.at(-1)).toBe(true)
})

test('a million requests leave no more than the bound', () => {
  const traces = new Traces()
  for (let n = 0; n < 1_000_000; n++) traces.add(trace(`id${n}`, n % 1000))
  expect(traces.recent()).toHaveLength(100)
  expect(traces.slow()).toHaveLength(40)
})
