import { expect, test } from 'vitest'
import { assets } from '../fixture.ts'
import { frame, type Visit } from '../layout.ts'
import { notice } from '../notice.ts'
import { itemOf } from '../rules/lookup.ts'
import { newPlayer } from '../rules/player.ts'
import type { BattleReport, Player } from '../rules/types.ts'
import { drawBattle, left, odds } from './battle.ts'
import { drawFriends } from './friends.ts'
import { drawHero } from './hero.ts'
import { compare, drawMarket } from './market.ts'
import { drawMissions } from './missions.ts'
import { nextDeed } from './next.ts'
import { hourAt } from './place.ts'
import { drawVillage, timeOfDay } from './village.ts'
import { ago, deed, span } from './widgets.ts'
import { regions } from '../rules/data/regions.ts'

const NOW = Date.UTC(2026, 10, 23, 12)

const guest = (more: Partial<Player> = {}): Player => ({
  ...newPlayer({ id: 'one', code: 'code', invitedBy: null, seed: 'seed', now: NOW }),
  ...more,
})
const visit = (player: Player, said: Visit['said'] = null): Visit => ({ player, now: NOW, hour: 19, assets, said })
const [thornwood] = regions
const missionsOf = (player: Player): string => {
  if (!thornwood) throw new Error('no regions')
  return drawMissions(visit(player), thornwood).main().text
}

test('a name with markup in it is shown as text, in every place that shows it', () => {
  const player = guest({ name: '<b onclick="x">"Bo"</b>' })
  const page = frame(visit(player, { text: `${player.name} says`, tone: 'good', gains: {} }), drawHero(visit(player)))
  const rendered = Object.values(page.fragments).map((draw) => draw().text)
  const band = drawFriends(visit(guest()), [player], 'http://localhost').main().text
  const rivals = drawBattle(visit(guest()), [player]).main().text
  for (const text of [...rendered, band, rivals]) expect(text).not.toContain('<b onclick')
  expect(band).toContain('&lt;b onclick')
})

test('a mission that is not open yet says what opens it, and has no form', () => {
  const fresh = missionsOf(guest())
  expect(fresh).toContain('First do this: Gather kindling')
  expect(fresh.match(/<form/g)).toHaveLength(1)
  expect(missionsOf(guest({ mastery: { 'gather-kindling': 1 } })).match(/<form/g)).toHaveLength(2)
})

test('a mission tells the bar what it costs, and how much energy is missing', () => {
  expect(missionsOf(guest())).toContain('data-energy="2"')
  expect(missionsOf(guest({ energy: 0 }))).toContain('2 energy short')
})

test('a plot that is not open yet says its level; a house that stands is a door', () => {
  const fresh = drawVillage(visit(guest())).main().text
  expect(fresh).toContain('Level 3')
  expect(fresh).not.toContain('href="/feed"')
  const built = guest({ buildings: { hearth: { level: 1, collectedAt: NOW } } })
  expect(drawVillage(visit(built)).main().text).toContain('href="/feed"')
})

test('the button to collect is there when something waits', () => {
  const built = (collectedAt: number) => guest({ buildings: { hearth: { level: 1, collectedAt } } })
  expect(drawVillage(visit(built(NOW))).main().text).not.toContain('value="collect"')
  expect(drawVillage(visit(built(NOW - 3_600_000))).main().text).toContain('value="collect"')
})

test('what is only found is not on the market until it is owned, and cannot be bought then either', () => {
  expect(drawMarket(visit(guest()), null).main().text).not.toContain('Ember Blade')
  const text = drawMarket(visit(guest({ bag: { 'ember-blade': 1 }, level: 30 })), 'weapon').main().text
  expect(text).toContain('Ember Blade')
  expect(text).not.toContain('buy-ember-blade')
})

test('a thing is compared with what is worn in its slot', () => {
  expect(compare(itemOf('iron-sword'), 'rusty-knife').text).toContain('▲6')
  expect(compare(itemOf('rusty-knife'), 'iron-sword').text).toContain('▼6')
  expect(compare(itemOf('iron-sword'), 'iron-sword').text).not.toMatch(/[▲▼]/)
})

test('the fight is shown once: in the answer that fought it', () => {
  const battle: BattleReport = {
    foe: { kind: 'monster', id: 'rat', name: 'Granary Rat', picture: 'monsters/rat', level: 1, health: 20 },
    me: { health: 100 },
    won: true,
    blows: [{ by: 'me', damage: 20, critical: true }],
    xp: 4,
    coins: 5,
    loot: 'wool-cap',
    at: NOW,
  }
  const player = guest({ battle })
  expect(drawBattle(visit(player), []).main().text).not.toContain('data-play')
  const fought = drawBattle(visit(player, { text: '', tone: 'good', gains: {}, battle: true }), []).main().text
  expect(fought).toContain('data-play')
  expect(fought).toContain('You hit for 20, right where it hurts.')
  expect(fought).toContain('Wool Cap')
})

test('health left on a side never falls below nothing', () => {
  const blows = [
    { by: 'me', damage: 15, critical: false },
    { by: 'foe', damage: 3, critical: false },
    { by: 'me', damage: 15, critical: false },
  ] as const
  expect(left(blows, 'foe', 20)).toBe(0)
  expect(left(blows, 'me', 20)).toBe(17)
})

test('the odds follow who would fall first', () => {
  const weak = { attack: 2, defence: 1, health: 20 }
  const strong = { attack: 40, defence: 20, health: 100 }
  expect(odds(strong, weak)).toBe('easy')
  expect(odds(weak, strong)).toBe('hard')
  expect(odds(strong, strong)).toBe('even')
})

test('a form drawn twice from one row has one key; the next row brings another', () => {
  const form = (version: number) =>
    deed({ to: '/', action: 'build', fields: { level: 0 }, version, label: 'Build' }).text
  expect(form(7)).toBe(form(7))
  expect(form(7)).not.toBe(form(8))
  expect(form(7)).toMatch(/name="key" value="[\w-]{8,64}"/)
})

test('the first step is offered where it is done, and there is always a next one', () => {
  expect(nextDeed(guest()).href).toBe('/missions#gather-kindling')
  const steps = ['first-mission', 'first-loot', 'first-equip', 'first-win', 'first-building', 'first-invite']
  expect(nextDeed(guest({ steps, energy: 0, health: 0, coins: 0 })).href).toBe('/market')
})

test('the hour is the one the browser told, and dusk where it told none', () => {
  expect(hourAt(NOW, 'session=1; tz=-120')).toBe(14)
  expect(hourAt(NOW, undefined)).toBe(19)
  expect(hourAt(NOW, 'tz=99999')).toBe(19)
  expect([3, 6, 12, 19, 22].map(timeOfDay)).toEqual(['night', 'dawn', 'day', 'dusk', 'night'])
})

test('times are said as people say them', () => {
  expect(span(42_000)).toBe('0:42')
  expect(span(4_800_000)).toBe('1 h 20 min')
  expect([0, 300_000, 7_200_000, 90_000_000].map(ago)).toEqual(['just now', '5 min ago', '2 h ago', 'yesterday'])
})

test('what was won is said in one sentence to the eye and in full to a screen reader; a refusal interrupts', () => {
  const text = 'The stove draws. You got 4 xp. A first errand: the soup forgives you.'
  const won = notice(assets, { text, tone: 'good', gains: { xp: 4, energy: -2 }, step: 'first-mission' }, NOW).text
  expect(won).toContain('<p>The stove draws.<span class="sr"> You got 4 xp.')
  expect(won).toContain('+4')
  expect(won).not.toContain('-2')
  expect(won).toContain('A first errand</li>')
  expect(notice(assets, { text, tone: 'bad', gains: {} }, NOW).text).toContain('role="alert"')
})
