import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { build, collect, incomeWaiting, sitesOf } from './buildings.ts'
import { NOW, sample } from './sample.ts'
import { refresh } from './time.ts'

const HOUR = 3_600_000
const hearth = (collectedAt = NOW, level = 1) => ({ hearth: { level, collectedAt } })

test('building takes the coins and stands at once', () => {
  const { player, moments } = build(sample(), 'hearth', 0, NOW)
  expect(player).toMatchObject({ coins: 0, buildings: hearth() })
  expect(moments).toEqual(['build'])
})

test('a form older than the building is refused, so that nothing is paid twice', () => {
  expect(() => build(sample({ coins: 999, buildings: hearth() }), 'hearth', 0, NOW)).toThrow(
    expect.objectContaining({ code: 'stale', status: 409, words: expect.stringContaining('level 1, not 0') }),
  )
})

test('without coins or level, at the top, or where nothing of the kind exists, nothing is built', () => {
  const refused = (changes: Parameters<typeof sample>[0], id: string, seen: number, code: string) =>
    expect(() => build(sample(changes), id, seen, NOW)).toThrow(expect.objectContaining({ code }))
  refused({ coins: 29 }, 'hearth', 0, 'coins')
  refused({ coins: 999 }, 'sawmill', 0, 'locked')
  refused({ coins: 99_999, level: 30, buildings: hearth(NOW, 3) }, 'hearth', 3, 'top')
  refused({}, 'castle', 0, 'unknown')
  refused({}, 'hearth', -1, 'input')
  refused({}, 'hearth', NaN, 'input')
})

test('a building makes its hourly amount, up to the hours it works alone', () => {
  const owner = sample({ buildings: hearth() })
  expect(incomeWaiting(owner, NOW + HOUR).coins).toBe(24)
  expect(incomeWaiting(owner, NOW + 100 * HOUR).coins).toBe(8 * 24)
  expect(collect(owner, NOW + 100 * HOUR).player.coins).toBe(30 + 8 * 24)
})

test('collecting often brings as much as collecting once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 150_000, max: HOUR }), { minLength: 1, maxLength: 7 }), (waits) => {
      let often = sample({ buildings: hearth() })
      let now = NOW
      for (const wait of waits) {
        now += wait
        often = collect(often, now).player
      }
      expect(often.coins).toBeGreaterThanOrEqual(sample().coins + Math.floor(((now - NOW) / HOUR) * 24) - 1)
      expect(often.coins).toBeLessThanOrEqual(sample().coins + Math.floor(((now - NOW) / HOUR) * 24))
    }),
  )
})

test('energy and health are taken only as far as there is room, the rest waits', () => {
  const owner = sample({ level: 4, energy: 32, buildings: { garden: { level: 1, collectedAt: NOW - 2 * HOUR } } })
  expect(incomeWaiting(owner, NOW).energy).toBe(1)
  const { player } = collect(owner, NOW)
  expect(player.energy).toBe(33)
  expect(incomeWaiting({ ...player, energy: 0 }, NOW).energy).toBe(5)
})

test('when nothing waits, collecting is refused', () => {
  expect(() => collect(sample(), NOW)).toThrow(expect.objectContaining({ code: 'nothing', status: 409 }))
  expect(() => collect(sample({ buildings: hearth(NOW + HOUR) }), NOW)).toThrow(
    expect.objectContaining({ code: 'nothing' }),
  )
})

test('every site says what stands, what could, and what is in the way', () => {
  const [first, second] = sitesOf(sample({ buildings: hearth() }))
  expect(first).toMatchObject({ level: 1, locked: 4, affordable: false })
  expect(second).toMatchObject({ level: 0, standing: null, locked: 3 })
})

test('energy and health come back with time, and the path there does not matter', () => {
  fc.assert(
    fc.property(fc.nat(31), fc.nat(100), fc.array(fc.nat(900_000), { maxLength: 8 }), (energy, health, waits) => {
      const tired = sample({ energy, health })
      const end = NOW + waits.reduce((sum, wait) => sum + wait, 0)
      let now = NOW
      const stepwise = waits.reduce((player, wait) => refresh(player, (now += wait)), tired)
      const atOnce = refresh(tired, end)
      expect({ ...stepwise, energyAt: 0, healthAt: 0 }).toEqual({ ...atOnce, energyAt: 0, healthAt: 0 })
      // When both still grow, the next point is due at the same moment.
      expect(atOnce.energy === 30 || stepwise.energyAt === atOnce.energyAt).toBe(true)
    }),
  )
})

test('a minute brings a point of energy, half a minute one of health', () => {
  expect(refresh(sample({ energy: 3, health: 50 }), NOW + 119_999)).toMatchObject({ energy: 4, health: 53 })
})

test('a clock set back neither takes nor blocks', () => {
  const tired = refresh(sample({ energy: 3 }), NOW - 10 * 60_000)
  expect(tired.energy).toBe(3)
  expect(refresh(tired, NOW - 8 * 60_000).energy).toBeGreaterThanOrEqual(3)
})

test('a new week begins on Monday with no experience', () => {
  const player = sample({ weekXp: 50 })
  const sunday = Date.UTC(2026, 10, 29, 23, 59)
  expect(refresh(player, sunday).weekXp).toBe(50)
  expect(refresh(player, sunday + 60_000)).toMatchObject({ weekXp: 0, week: player.week + 1 })
})
