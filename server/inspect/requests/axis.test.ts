import { expect, test } from 'vitest'
import { traceOf } from '../../middleware/fixture.ts'
import type { Trace } from '../../middleware/traces.ts'
import { axisOf } from './axis.ts'

/** 10 ms at the server, inside 14 at the balancer after 6 before, inside 30 in the browser. */
const whole = traceOf({
  id: 'abcdefgh',
  began: 1_000_000,
  sent: 11,
  sections: [
    { layer: 'controller', from: 1, to: 9, depth: 0 },
    { layer: 'database', from: 2, to: 8, depth: 1, detail: 'select 1', outcome: '1 row' },
    { layer: 'identity', from: 8, to: 8, depth: 1, detail: 'player', times: 3 },
  ],
  balancer: { server: 'game1', receive: 1, queue: 2, connect: 3, response: 14, send: 5 },
  browser: { visit: 'v1', kind: 'parts', wait: 30, transfer: 2, decode: 3, morph: 4, next: 5 },
})
const place = (trace: Trace, side: string, layer: string) => {
  const bar = axisOf(trace, []).bars.find((one) => one.side === side && one.layer === layer)
  return bar && [bar.from, bar.to]
}

test('each side’s time lies in the middle of the next one’s', () => {
  // The browser asks at 0; half of 30 - 20 is the way to the balancer, half of 14 - 10 from there to the server.
  expect(place(whole, 'browser', 'wait')).toEqual([0, 30])
  expect(place(whole, 'balancer', 'balancer')).toEqual([5, 30])
  expect(place(whole, 'balancer', 'queue')).toEqual([6, 8])
  expect(place(whole, 'balancer', 'response')).toEqual([11, 25])
  expect(place(whole, 'server', 'outer')).toEqual([13, 23])
  expect(place(whole, 'server', 'database')).toEqual([15, 21])
  expect(place(whole, 'server', 'write')).toEqual([23, 24])
})

test('the browser goes on after the answer: transfer, decode, morph, the next frame', () => {
  for (const [layer, from, to] of [
    ['transfer', 30, 32],
    ['decode', 32, 35],
    ['morph', 35, 39],
    ['paint', 39, 44],
  ] as const)
    expect([layer, place(whole, 'browser', layer)]).toEqual([layer, [from, to]])
  expect(axisOf(whole, []).whole).toBe(44)
})

test('a document’s paints are told from when it was asked for', () => {
  const browser = {
    visit: 'v1',
    kind: 'document',
    connect: 8,
    wait: 30,
    transfer: 2,
    parsed: 60,
    paint: 35,
    largest: 90,
  } as const
  const document = { ...whole, browser }
  expect(place(document, 'browser', 'connect')).toEqual([0, 8])
  expect(place(document, 'browser', 'wait')).toEqual([8, 38])
  expect(place(document, 'browser', 'parse')).toEqual([40, 60])
  // It painted while the answer still came.
  expect(place(document, 'browser', 'paint')).toEqual([35, 35])
  expect(place(document, 'browser', 'largest')).toEqual([40, 90])
})

test('the server alone begins at 0', () => {
  const { balancer: _, browser: __, ...alone } = whole
  expect(place(alone, 'server', 'outer')).toEqual([0, 10])
  expect(axisOf(alone, []).whole).toBe(11)
})

test('an answer asked for ahead of the tap was waited for less than it took', () => {
  const ahead = { ...whole, browser: { ...whole.browser, visit: 'v1', kind: 'parts', wait: 4, transfer: 0 } as const }
  // All of it had come when the tap came, or soon after.
  const [from, to] = place(ahead, 'browser', 'wait') ?? []
  expect((to ?? 0) - (from ?? 0)).toBe(4)
  expect(to).toBe(place(ahead, 'balancer', 'response')?.[1])
})

test('what found its answer in no time says how often; pauses are cut to the request', () => {
  const { bars } = axisOf(whole, [{ kind: 'gc', from: 999_990, to: 1_000_004 }])
  expect(bars.find(({ layer }) => layer === 'identity map')).toMatchObject({ detail: 'player', outcome: '3 found' })
  expect(bars.find(({ layer }) => layer === 'gc')).toMatchObject({ from: 13, to: 17 })
})
