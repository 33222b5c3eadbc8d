import { expect, test } from 'vitest'
import { curves } from './data/curves.ts'
import { items } from './data/items.ts'
import { equip, unequip } from './gear.ts'
import { itemOf } from './lookup.ts'
import { buy, priceOf, sell, sellPriceOf, shop } from './market.ts'
import { NOW, sample } from './sample.ts'
import { powers } from './strength.ts'
import type { Slot } from './types.ts'

const DAY = 86_400_000
const knife = itemOf('rusty-knife')
const price = priceOf(knife, NOW)

test('prices turn from day to day within the swing, and not within a day', () => {
  const prices = Array.from({ length: 60 }, (_, day) => priceOf(itemOf('iron-sword'), NOW + day * DAY))
  expect(new Set(prices).size).toBeGreaterThan(20)
  expect(Math.min(...prices)).toBeGreaterThanOrEqual(288)
  expect(Math.max(...prices)).toBeLessThanOrEqual(352)
  expect(priceOf(knife, NOW + 3_600_000)).toBe(price)
})

test('buying takes the coins and puts the item in the bag', () => {
  const { player, outcome } = buy(sample(), 'rusty-knife', price, NOW)
  expect(player).toMatchObject({ coins: curves.start.coins - price, bag: { 'rusty-knife': 1 } })
  expect(outcome.gains).toEqual({ coins: -price, item: 'rusty-knife' })
})

test('a price that has changed is told and not taken', () => {
  const stale = expect.objectContaining({
    code: 'stale',
    status: 409,
    words: expect.stringContaining(`to ${price} coins`),
  })
  expect(() => buy(sample(), 'rusty-knife', price - 1, NOW)).toThrow(stale)
  const owner = sample({ bag: { 'rusty-knife': 1 } })
  expect(() => sell(owner, 'rusty-knife', sellPriceOf(knife, NOW) + 100, NOW)).toThrow(
    expect.objectContaining({ code: 'stale' }),
  )
})

test('amounts that are no whole numbers from 0 up are refused with 422', () => {
  for (const amount of [-1, NaN, Infinity, 1.5, 2 ** 60])
    for (const rule of [buy, sell])
      expect(() => rule(sample(), 'rusty-knife', amount, NOW)).toThrow(
        expect.objectContaining({ code: 'input', status: 422 }),
      )
})

test('what one cannot pay, carry, wear yet or buy at all is refused', () => {
  const refused = (changes: Parameters<typeof sample>[0], id: string, code: string) =>
    expect(() => buy(sample(changes), id, priceOf(itemOf(id), NOW), NOW)).toThrow(
      expect.objectContaining({ code, status: 409 }),
    )
  refused({ coins: price - 1 }, 'rusty-knife', 'coins')
  refused({ bag: { 'rusty-knife': 99 } }, 'rusty-knife', 'full')
  refused({ coins: 9999 }, 'iron-sword', 'locked')
  refused({ coins: 99_999, level: 30 }, 'ember-blade', 'stock')
})

test('one sells what is there and not worn', () => {
  const two = sample({ bag: { 'rusty-knife': 2 }, gear: { weapon: 'rusty-knife' } })
  const offer = sellPriceOf(knife, NOW)
  const { player } = sell(two, 'rusty-knife', offer, NOW)
  expect(player).toMatchObject({ bag: { 'rusty-knife': 1 }, coins: two.coins + offer })
  expect(() => sell(player, 'rusty-knife', offer, NOW)).toThrow(expect.objectContaining({ code: 'worn' }))
  expect(() => sell(sample(), 'rusty-knife', offer, NOW)).toThrow(expect.objectContaining({ code: 'missing' }))
  expect(sell({ ...player, gear: {} }, 'rusty-knife', offer, NOW).player.bag).toEqual({})
})

test('buying on the cheapest day and selling on the dearest makes no money', () => {
  for (const item of items) {
    const days = Array.from({ length: 90 }, (_, day) => NOW + day * DAY)
    expect(Math.max(...days.map((day) => sellPriceOf(item, day)))).toBeLessThanOrEqual(
      Math.min(...days.map((day) => priceOf(item, day))),
    )
  }
})

test('the shop shows what is in stock, and what is only found once it is owned', () => {
  const ids = (bag: Record<string, number>) => shop(sample({ bag }), NOW).map(({ item }) => item.id)
  expect(ids({})).not.toContain('ember-blade')
  expect(ids({ 'ember-blade': 1 })).toContain('ember-blade')
})

test('the shop says what each costs this player', () => {
  const wares = shop(sample({ bag: { 'wool-cap': 1 }, gear: { head: 'wool-cap' } }), NOW)
  expect(wares).toHaveLength(24)
  expect(wares.find(({ item }) => item.id === 'wool-cap')).toMatchObject({
    owned: 1,
    worn: true,
    locked: null,
    affordable: true,
  })
  expect(wares.find(({ item }) => item.id === 'moon-spear')).toMatchObject({ locked: 14, affordable: false })
})

test('what is put on takes the place of what was worn, and adds its strength', () => {
  const owner = sample({ level: 5, bag: { 'rusty-knife': 1, 'iron-sword': 1 }, gear: { weapon: 'rusty-knife' } })
  const { player } = equip(owner, 'iron-sword')
  expect(player.gear).toEqual({ weapon: 'iron-sword' })
  expect(player.bag).toEqual(owner.bag)
  const [after, before] = [powers(player), powers(owner)]
  expect([after.attack - before.attack, after.defence - before.defence]).toEqual([6, 0])
})

test('what is not owned, above one’s level or worn already is not put on', () => {
  const refused = (changes: Parameters<typeof sample>[0], id: string, code: string) =>
    expect(() => equip(sample(changes), id)).toThrow(expect.objectContaining({ code }))
  refused({}, 'rusty-knife', 'missing')
  refused({ bag: { 'iron-sword': 1 } }, 'iron-sword', 'locked')
  refused({ bag: { 'rusty-knife': 1 }, gear: { weapon: 'rusty-knife' } }, 'rusty-knife', 'worn')
  refused({}, 'excalibur', 'unknown')
})

test('what is taken off stays in the bag; an empty or unknown place is refused', () => {
  const owner = sample({ bag: { 'wool-cap': 1 }, gear: { head: 'wool-cap' } })
  expect(unequip(owner, 'head').player).toMatchObject({ gear: {}, bag: { 'wool-cap': 1 } })
  expect(() => unequip(owner, 'ring')).toThrow(expect.objectContaining({ code: 'nothing' }))
  expect(() => unequip(owner, 'tail' as Slot)).toThrow(expect.objectContaining({ code: 'input', status: 422 }))
})
