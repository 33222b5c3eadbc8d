import { expect, test } from 'vitest'
import { traceOf } from '../../middleware/fixture.ts'
import { Traces } from '../../middleware/traces.ts'
import type { Beacon } from '../../wire/beacon.ts'
import { requestsOf, Visits } from './visits.ts'

const trace = (id: string, person?: string, took = 10) => traceOf({ id, person, took })
const beacon = (more: Partial<Beacon> = {}): Beacon => ({
  id: 'visit0001.0',
  release: 'r1',
  path: '/',
  request: 'document1',
  document: { connect: 5, wait: 20, transfer: 1, parsed: 60 },
  vitals: { FCP: 40, LCP: 80 },
  ...more,
})
const parts = (request: string) => ({ path: '/market', request, wait: 15, transfer: 1, morph: 4, paint: 6 })

function site() {
  const traces = new Traces()
  return { traces, visits: new Visits({ traces }) }
}

test('a visit’s beacons are put together, and its requests get the browser’s part', () => {
  const { traces, visits } = site()
  traces.add(trace('document1', 'ada'))
  traces.add(trace('parts0001', 'ada'))
  visits.take(beacon(), 'ada')
  visits.take(
    { id: 'visit0001.1', release: 'r1', path: '/', vitals: { INP: 30 }, fragments: [parts('parts0001')] },
    'ada',
  )
  const visit = visits.find('visit0001')
  expect(visit).toMatchObject({ vitals: { FCP: 40, LCP: 80, INP: 30 }, document: { wait: 20 } })
  expect(visit && requestsOf(visit, traces).map(({ id }) => id)).toEqual(['document1', 'parts0001'])
  expect(traces.find('document1')?.browser).toMatchObject({ kind: 'document', connect: 5, wait: 20, largest: 80 })
  expect(traces.find('parts0001')?.browser).toEqual({
    visit: 'visit0001',
    kind: 'parts',
    wait: 15,
    transfer: 1,
    morph: 4,
    next: 6,
  })
})

test('a beacon joins none of another’s requests, and writes into none of another’s visits', () => {
  const { traces, visits } = site()
  traces.add(trace('document1', 'ada'))
  traces.add(trace('nobodys01'))
  visits.take(beacon({ vitals: { LCP: 1 } }), 'eve')
  visits.take(beacon({ request: 'nobodys01' }), null)
  expect(traces.find('document1')?.browser).toBeUndefined()
  expect(traces.find('nobodys01')?.browser).toBeUndefined()
  visits.take(beacon(), 'ada')
  expect(visits.recent().map(({ vitals }) => vitals.LCP)).toEqual([80, 80, 1])
})

test('a request is told of once', () => {
  const { traces, visits } = site()
  traces.add(trace('parts0001', 'ada'))
  visits.take(beacon({ fragments: [parts('parts0001')] }), 'ada')
  visits.take(beacon({ id: 'visit0002.0', fragments: [{ ...parts('parts0001'), wait: 9000 }] }), 'ada')
  expect(traces.find('parts0001')?.browser).toMatchObject({ visit: 'visit0001', wait: 15 })
})

test('a copy that came quicker than its original was made is not that request', () => {
  const { traces, visits } = site()
  traces.add(trace('document1', 'ada', 400))
  visits.take(beacon(), 'ada')
  expect(traces.find('document1')?.browser).toBeUndefined()
})

test('the latest visits are kept, and the latest of what each told', () => {
  const { traces, visits } = site()
  for (let n = 0; n < 150; n++) visits.take(beacon({ id: `visit-${1000 + n}.0` }), 'ada')
  expect(visits.recent()).toHaveLength(100)
  expect(visits.find('visit-1000')).toBeUndefined()
  for (let n = 0; n < 100; n++)
    visits.take(beacon({ id: `visit-1149.${n}`, fragments: [parts(`parts-${1000 + n}`)] }), 'ada')
  const told = visits.find('visit-1149')?.fragments ?? []
  expect([told.length, told.at(-1)?.request]).toEqual([60, 'parts-1099'])
  expect(traces.recent()).toEqual([])
})
