import { expect, test } from 'vitest'
import { type Beacon, parseBeacon } from './beacon.ts'

const whole: Beacon = {
  id: 'k3v9x2ab.12',
  release: 'r1',
  path: '/village',
  request: '01J9-a.b:c',
  document: { connect: 12, wait: 80, transfer: 3, parsed: 240 },
  vitals: { LCP: 812, INP: 40, CLS: 0.02, FCP: 400, TTFB: 30.5 },
  places: [{ path: '/market', LCP: 120 }],
  frames: [{ path: '/market', duration: 90, blocking: 40, script: '/assets/main.js onClick' }],
  fragments: [{ path: '/market', request: 'q1', wait: 30, transfer: 2, decode: 12, morph: 4, paint: 12 }],
  pictures: [{ lane: 0, count: 12, bytes: 90_000, p75: 210, slowest: 420 }],
  dropped: 3,
}

test('a whole beacon passes as it is', () => {
  expect(parseBeacon(structuredClone(whole))).toEqual(whole)
})

test.each([
  [undefined, 'beacon: expected an object; got nothing'],
  [[], 'beacon: expected an object; got []'],
  [{ ...whole, release: undefined }, 'beacon.release: expected a text, at most 100 characters; got nothing'],
  [{ ...whole, path: 'https://elsewhere/' }, 'beacon.path: expected a path as in "/market"'],
  [{ ...whole, path: '/a\nb' }, String.raw`got "/a\nb"`],
  [{ ...whole, path: `/${'a'.repeat(200)}` }, 'at most 200 characters'],
  [{ ...whole, id: 'k3v9x2ab' }, 'beacon.id: expected VISIT.NUMBER as in "k3v9x2ab.0"'],
  [{ ...whole, release: 'r\u00001' }, 'beacon.release: expected a text'],
  [{ ...whole, vitals: { LCP: '812' } }, 'beacon.vitals.LCP: expected milliseconds from 0 to 86400000; got "812"'],
  [{ ...whole, vitals: { LCP: -1 } }, 'beacon.vitals.LCP: expected milliseconds'],
  [{ ...whole, vitals: { LCP: 1e300 } }, 'beacon.vitals.LCP: expected milliseconds'],
  [{ ...whole, vitals: { mine: 5 } }, 'beacon.vitals: expected only LCP, INP, CLS, FCP, TTFB; got "mine"'],
  [{ ...whole, document: { connect: 12, wait: 80, transfer: 3 } }, 'beacon.document.parsed: expected milliseconds'],
  [{ ...whole, hack: 1 }, 'got "hack"'],
  [JSON.parse(`{"__proto__": {}, ${JSON.stringify(whole).slice(1)}`), 'got "__proto__"'],
  [{ ...whole, fragments: {} }, 'beacon.fragments: expected a list; got {}'],
  [{ ...whole, fragments: [whole.fragments?.[0], { path: '/' }] }, 'beacon.fragments[1].wait: expected milliseconds'],
  [
    { ...whole, pictures: [{ lane: 3, count: 1, bytes: 1, p75: 1, slowest: 1 }] },
    'beacon.pictures[0].lane: expected a lane',
  ],
  [{ ...whole, places: [{ path: '/', FCP: 3 }] }, 'beacon.places[0]: expected only path, LCP, INP, CLS; got "FCP"'],
])('a hostile one is refused in words: %j', (body, words) => {
  expect(() => parseBeacon(body)).toThrow(words)
})
