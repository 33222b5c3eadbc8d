import { html, type Html, raw } from '../../middleware/html.ts'
import type { Setting, Visit } from '../layout.ts'
import { healCost, knockedOut, monstersOf, rivalPay } from '../rules/battles.ts'
import { items } from '../rules/data/items.ts'
import { regionsOf } from '../rules/missions.ts'
import { maxHealth } from '../rules/levels.ts'
import { type Powers, powers } from '../rules/strength.ts'
import type { BattleReport, Blow, Player } from '../rules/types.ts'
import { word } from './fields.ts'
import type { Place } from './place.ts'
import { chip, deed, header, HEADER, number } from './widgets.ts'

export const battle: Place = {
  name: 'battle',
  paths: ['/battle'],
  deeds: {
    fight: (fields) => ({ kind: 'fight', monster: word(fields, 'monster') }),
    attack: (fields) => ({ kind: 'attack', rival: word(fields, 'rival') }),
    heal: () => ({ kind: 'heal' }),
  },
  show: async (visit, { world, session }) => drawBattle(visit, await world.actions.rivals(session, visit.player)),
}

/** Monsters of the open regions, rivals of about one's level, and the fight just fought. */
export function drawBattle(visit: Visit, rivals: readonly Player[]): Setting {
  const { assets, player, said } = visit
  const open = regionsOf(player).filter(({ lock }) => lock === null)
  const scene = open.at(-1)?.region.battle ?? ''
  const fought = said?.battle === true ? player.battle : null
  const mine = powers(player)
  const met = open.flatMap(({ region }) => monstersOf(player, region.id)).filter(({ lock }) => lock === null)
  return {
    title: 'Battle',
    description: 'Fight what comes out of the forest, and rivals who think the forest is theirs.',
    place: 'battle',
    styles: ['place', 'battle'],
    preload: [assets.preloadImage(scene, HEADER)],
    main: () =>
      html`${
        fought
          ? stage(visit, scene, fought)
          : header(assets, { scene, name: 'Battle', words: 'Something rustles. It has heard of you, too.' })
      }<div class="wrap">${health(visit)}<section aria-labelledby="monsters"><h2 id="monsters">Out of the forest</h2><ul class="enemies">${met
        .toReversed()
        .map(({ monster, xp, coins }) =>
          foe(visit, {
            ...monster,
            xp,
            coins: coins.join('–'),
            kind: 'fight',
            odds: odds({ ...mine, health: player.health }, monster),
          }),
        )}</ul></section><section aria-labelledby="rivals"><h2 id="rivals">Rivals</h2>${
        rivals.length === 0
          ? html`<p class="hush">Nobody of your size is about. Come back when the moon has moved.</p>`
          : html`<ul class="enemies">${rivals.map((rival) =>
              foe(visit, {
                ...rival,
                ...rivalPay(player, rival.level),
                words: `${number(rival.wins)} won, ${number(rival.losses)} lost`,
                picture: rival.avatar,
                kind: 'attack',
                odds: odds({ ...mine, health: player.health }, { ...powers(rival), health: rival.health }),
              }),
            )}</ul>`
      }</section></div>`,
  }
}

type Fighter = Powers & { health: number }

/** How a fight is likely to go, from blows needed on either side. */
export function odds(mine: Fighter, theirs: Fighter): 'easy' | 'even' | 'hard' {
  const toFell = (one: Fighter, other: Fighter) => one.health / Math.max(1, other.attack - one.defence / 2)
  const edge = toFell(mine, theirs) / Math.max(0.1, toFell(theirs, mine))
  if (edge > 1.6) return 'easy'
  return edge > 0.85 ? 'even' : 'hard'
}

const ODDS = { easy: 'You should win', even: 'Could go either way', hard: 'Better run' } as const

interface Foe {
  id: string
  name: string
  words: string
  picture: string
  level: number
  xp: number
  coins: string | number
  kind: 'fight' | 'attack'
  odds: keyof typeof ODDS
}

function foe({ assets, player }: Visit, { id, name, words, picture, level, xp, coins, kind, odds }: Foe): Html {
  return html`<li class="card enemy" id="${id}">${assets.image(picture, { alt: '', width: 96, lazy: true })}<div><h3>${name} <small>level ${level}</small></h3><p>${words}</p><p class="odds ${odds}"><i aria-hidden="true"></i>${ODDS[odds]}</p></div><div class="deeds"><ul class="chips">${chip(assets, { icon: 'xp', value: `+${xp}`, words: 'experience' })}${chip(assets, { icon: 'coin', value: `+${coins}`, words: 'coins' })}</ul>${deed(
    {
      to: '/battle',
      action: kind,
      fields: kind === 'fight' ? { monster: id } : { rival: id },
      version: player.version,
      label: kind === 'fight' ? 'Fight' : 'Attack',
      about: name,
      class: odds === 'hard' ? 'calm' : '',
      barred: knockedOut(player) ? 'Mend first' : undefined,
    },
  )}</div></li>`
}

function health({ assets, player }: Visit): Html | false {
  const { health, coins } = healCost(player)
  return (
    health > maxHealth(player.level) * 0.2 &&
    html`<div class="card mend"><p>${assets.image('icons/heart', { alt: '', width: 32 })}You are ${number(health)} health short. It mends by itself; soup is quicker.</p>${deed({ to: '/battle', action: 'heal', version: player.version, cost: { health: -health, coins: Math.min(coins, player.coins) }, label: html`${assets.image('icons/coin', { alt: '', width: 20 })}Soup · ${number(coins)}`, about: 'mend your health' })}</div>`
  )
}

/** The fight as it went: a list that reads by itself, and that the client plays back blow by blow. */
function stage({ assets, player }: Visit, scene: string, report: BattleReport): Html {
  const { foe, me, won, blows, xp, coins, loot } = report
  const found = items.find(({ id }) => id === loot)
  const side = (who: 'me' | 'foe', picture: string, name: string, health: number) =>
    html`<div class="side ${who}">${assets.image(picture, { alt: '', width: 160, sizes: '(min-width: 900px) 260px, 150px', priority: 'high' })}<p>${name}</p><progress aria-label="${name}’s health" value="${left(blows, who, health)}" max="${health}" data-whole="${health}"></progress></div>`
  return html`<section class="stage" id="fight-${report.at}" data-play="${report.at}" aria-label="The fight">${assets.image(scene, { alt: '', class: 'backdrop', sizes: HEADER })}<h1 class="sr">Battle</h1>${side('me', player.avatar, player.name, me.health)}${side('foe', foe.picture, foe.name, foe.health)}<div class="end card ${won ? 'won' : 'lost'}"><h2>${won ? 'You won' : 'You lost'}</h2><ul class="chips">${xp > 0 && chip(assets, { icon: 'xp', value: `+${xp}`, words: 'experience' })}${coins > 0 && chip(assets, { icon: 'coin', value: `+${number(coins)}`, words: 'coins' })}</ul>${
    found &&
    html`<p class="loot ${found.rarity}">${assets.image(found.picture, { alt: '', width: 72 })}<span>${found.name}</span><a class="btn calm" href="/hero#${found.id}">Wear it</a></p>`
  }<details><summary>How it went</summary><ol class="blows">${blows.map((blow) => tell(blow, foe.name))}</ol></details></div></section>`
}

/** Health that is left on a side after all blows. */
export function left(blows: readonly Blow[], who: 'me' | 'foe', health: number): number {
  return Math.max(
    0,
    blows.reduce((rest, { by, damage }) => (by === who ? rest : rest - damage), health),
  )
}

function tell({ by, damage, critical }: Blow, foe: string): Html {
  const words =
    damage === 0
      ? by === 'me'
        ? `You swing wide of the ${foe}.`
        : `The ${foe} misses.`
      : by === 'me'
        ? `You hit for ${damage}${critical ? ', right where it hurts' : ''}.`
        : `The ${foe} hits you for ${damage}${critical ? ', and you feel it' : ''}.`
  return html`<li data-by="${by}" data-damage="${damage}" ${critical && raw('data-critical="1"')}>${words}</li>`
}
