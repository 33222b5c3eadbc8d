import { html, type Html } from '../../middleware/html.ts'
import type { Assets } from '../../middleware/assets.ts'
import type { Setting, Visit } from '../layout.ts'
import { incomeWaiting, type Site, sitesOf } from '../rules/buildings.ts'
import { nextDeed } from './next.ts'
import { whole, word } from './fields.ts'
import type { Place } from './place.ts'
import { deed, number } from './widgets.ts'

/** Where the door of each house leads, once the house stands. */
const DOORS: Readonly<Record<string, { to: string; says: string }>> = {
  hearth: { to: '/feed', says: 'hear the news' },
  sawmill: { to: '/missions', says: 'go on a mission' },
  forge: { to: '/market', says: 'go to the market' },
  tavern: { to: '/friends', says: 'meet your band' },
  watchtower: { to: '/battle', says: 'look for a fight' },
  garden: { to: '/hero', says: 'see to your gear' },
}

export const village: Place = {
  name: 'village',
  paths: ['/'],
  deeds: {
    build: (fields) => ({ kind: 'build', building: word(fields, 'building'), level: whole(fields, 'level') }),
    collect: () => ({ kind: 'collect' }),
  },
  show: (visit) => drawVillage(visit),
}

/** Who walks about, more of them with every house. */
const FOLK = ['goat', 'walker', 'hen', 'neighbour', 'dog'] as const

/** The village as one player finds it. */
export function drawVillage(visit: Visit): Setting {
  return {
    title: 'Village',
    description:
      'Emberwood: a village at the edge of a dark forest. Build it, arm it, and push the forest back with your friends.',
    place: 'village',
    styles: ['village'],
    main: () => {
      const sites = sitesOf(visit.player)
      return html`${scene(visit, sites)}${works(visit, sites)}`
    },
  }
}

/**
 * What a layer is fetched for. An upright phone is sent the middle of it alone, at half the pixels it could show: the paint is soft,
 * and there are five.
 */
const LAYER = 'max(110vw, 185vh)'
const UPRIGHT = { media: '(max-width: 899px) and (max-aspect-ratio: 4/5)', sizes: '48vh' }

/** Asked for alike in the scene and below it, so that one file serves both. */
const HOUSE = '(min-width: 900px) 17vw, 150px'

function scene(visit: Visit, sites: readonly Site[]): Html {
  const { assets, hour } = visit
  const layer = (name: string, priority: 'high' | 'low') =>
    assets.image(`scenes/village-${name}`, {
      alt: '',
      class: `layer ${name}`,
      sizes: LAYER,
      instead: { ...UPRIGHT, image: `scenes/village-${name}@tall` },
      priority,
    })
  const standing = sites.filter(({ level }) => level > 0).length
  const walkers = FOLK.slice(0, 2 + standing)
  return html`<section class="scene ${timeOfDay(hour)}" aria-label="Your village">
${layer('sky', 'high')}${layer('mountains', 'low')}${layer('forest', 'low')}${layer('ground', 'low')}
<h1>Emberwood</h1>
<ul class="houses">${sites.map((site) => house(assets, site))}</ul>
<div class="folk">${walkers.map((who) => assets.image(`folk/${who}`, { alt: '', width: 64, class: who, priority: 'low' }))}</div>
${layer('front', 'low')}
<div class="air"></div>
<div class="fore">${income(visit)}${next(visit)}</div>
</section>`
}

/** Dawn from five, day from eight, dusk from five in the afternoon, night from nine. */
export function timeOfDay(hour: number): string {
  if (hour < 5 || hour >= 21) return 'night'
  if (hour < 8) return 'dawn'
  return hour < 17 ? 'day' : 'dusk'
}

function house(assets: Assets, { building: { id, levels }, level, standing, next, locked }: Site): Html {
  const short = id.charAt(0).toUpperCase() + id.slice(1)
  const door = DOORS[id]
  const picture = assets.image((standing ?? levels[0])?.picture ?? '', {
    alt: '',
    sizes: HOUSE,
    width: 124,
    // After the sky, which is the first thing to be seen.
    priority: 'low',
  })
  return level > 0
    ? html`<li class="house ${id}"><a href="${door?.to}">${picture}<span class="plate">${short} ${pips(level)}</span><span class="sr">: ${door?.says}</span></a></li>`
    : html`<li class="house ${id} plot${locked === null && ' open'}"><a href="#work-${id}">${picture}<span class="plate">${
        locked === null
          ? html`Build<span class="sr"> ${short}</span> ${assets.image('icons/coin', { alt: 'for', width: 18 })}${number(next?.cost ?? 0)}`
          : html`<span class="sr">${short}: </span>${assets.image('icons/lock', { alt: '', width: 18 })}Level ${locked}`
      }</span></a></li>`
}

const pips = (level: number): Html =>
  html`<i class="pips" aria-hidden="true">${'◆'.repeat(level)}</i><span class="sr">, level ${level}</span>`

function income({ assets, player, now }: Visit): Html | false {
  const waiting = incomeWaiting(player, now)
  const what = (['coins', 'xp', 'energy', 'health'] as const).filter((kind) => waiting[kind] > 0)
  return (
    what.length > 0 &&
    deed({
      to: '/',
      action: 'collect',
      version: player.version,
      cost: { coins: -waiting.coins },
      class: 'collect',
      label: html`Collect ${what.map((kind) => html`${assets.image(`icons/${ICON[kind]}`, { alt: '', width: 20 })}<span>${number(waiting[kind])}<span class="sr"> ${kind}</span></span>`)}`,
    })
  )
}

const ICON = { coins: 'coin', xp: 'xp', energy: 'energy', health: 'heart' } as const

function next(visit: Visit): Html {
  const { words, label, href } = nextDeed(visit.player)
  return html`<div class="card next"><p>${words}</p><a class="btn" href="${href}">${label}</a></div>`
}

function works({ assets, player }: Visit, sites: readonly Site[]): Html {
  return html`<section class="wrap works" aria-labelledby="works"><h2 id="works">Raise the village</h2><ul>${sites.map(
    ({ building: { id, name, words }, level, standing, next, locked, affordable }) =>
      html`<li class="card work" id="work-${id}">${assets.image((next ?? standing)?.picture ?? '', { alt: '', sizes: HOUSE, width: 88, lazy: true })}<div><h3>${name} ${level > 0 && pips(level)}</h3><p>${standing?.words ?? words}</p>${
        next === null
          ? html`<p class="done">As fine as it gets</p>`
          : deed({
              to: '/',
              action: 'build',
              fields: { building: id, level },
              version: player.version,
              cost: { coins: next.cost },
              class: affordable ? '' : 'calm',
              label: html`${assets.image('icons/coin', { alt: '', width: 20, lazy: true })}${level > 0 ? 'Improve' : 'Build'} · ${number(next.cost)}`,
              about: name,
              barred: locked === null ? undefined : `From level ${locked}`,
            })
      }</div></li>`,
  )}</ul><p class="credit">Shapes by Lorc, Delapouite and Willdabeast of game-icons.net (CC BY 3.0), figures after Fluent Emoji (MIT).</p></section>`
}
