import { html, type Html, raw } from '../../middleware/html.ts'
import type { Setting, Visit } from '../layout.ts'
import { curves } from '../rules/data/curves.ts'
import { regions } from '../rules/data/regions.ts'
import { type Mastery, type MissionState, missionsOf, regionsOf } from '../rules/missions.ts'
import type { Player, Region } from '../rules/types.ts'
import { word } from './fields.ts'
import { noSuch, type Place } from './place.ts'
import { chip, deed, header, HEADER, lockLine, number } from './widgets.ts'

export const missions: Place = {
  name: 'missions',
  paths: ['/missions', '/missions/:region'],
  deeds: { mission: (fields) => ({ kind: 'mission', mission: word(fields, 'mission') }) },
  show(visit, { part }) {
    const region = part === undefined ? furthest(visit.player) : regions.find(({ id }) => id === part)
    return drawMissions(visit, region ?? noSuch('part of the forest'))
  },
}

/** The furthest region that is open to the player: where the next errand is. */
function furthest(player: Player): Region | undefined {
  return regions.findLast(({ level }) => level <= player.level)
}

/** One region's chain of missions. */
export function drawMissions(visit: Visit, region: Region): Setting {
  const { assets, player } = visit
  return {
    title: region.name,
    description: `Missions of ${region.name}. ${region.words}`,
    place: 'missions',
    styles: ['place', 'missions'],
    preload: [assets.preloadImage(region.picture, HEADER)],
    main: () =>
      html`${header(assets, { scene: region.picture, name: region.name, words: region.words })}<div class="wrap">${regionTabs(player, region)}<ul class="errands">${missionsOf(player, region.id).map((state) => errand(visit, state))}</ul></div>`,
  }
}

function regionTabs(player: Player, here: Region): Html {
  return html`<nav class="tabs" aria-label="Regions"><ul>${regionsOf(player).map(
    ({ region: { id, name, level }, lock }) =>
      html`<li><a href="/missions/${id}" ${id === here.id && raw('aria-current="true"')}>${name}${
        lock && html` <small>level ${level}</small>`
      }</a></li>`,
  )}</ul></nav>`
}

function errand({ assets, player }: Visit, { mission, lock, mastery, xp, coins, short }: MissionState): Html {
  const { id, name, words, picture, region, energy, loot, firstFind } = mission
  const mayFind = loot.length > 0 || (firstFind !== undefined && mastery.times === 0)
  return html`<li class="card errand ${lock && 'locked'}" id="${id}">${assets.image(picture, { alt: '', width: 480, sizes: '(min-width: 900px) 360px, 100vw', lazy: true })}${mayFind && html`<p class="find">${assets.image('icons/gift', { alt: 'Something may be found', width: 28, lazy: true })}</p>`}<div><h2>${name}</h2>${
    lock === null && pips(mastery)
  }<p>${words}</p><ul class="chips">${chip(assets, { icon: 'energy', value: energy, words: 'energy' })}${chip(assets, { icon: 'xp', value: `+${xp}`, words: 'experience' })}${chip(assets, { icon: 'coin', value: `${coins[0]}–${coins[1]}`, words: 'coins' })}</ul>${
    lock === null
      ? deed({
          to: `/missions/${region}`,
          action: 'mission',
          fields: { mission: id },
          version: player.version,
          cost: { energy },
          label: short > 0 ? `${number(short)} energy short` : 'Set out',
          about: name,
          class: short > 0 ? 'calm' : '',
        })
      : lockLine(assets, lock)
  }</div></li>`
}

/** Mastery as pips filled, with how far it is to the next. */
function pips({ times, tier, name, next }: Mastery): Html {
  const from = curves.mastery[tier]?.times ?? 0
  return html`<p class="mastery">${curves.mastery.map(
    (_, index) => html`<i class="${index <= tier ? 'pip on' : 'pip'}" aria-hidden="true"></i>`,
  )}<span>${name ?? 'New'}</span>${
    next &&
    html`<progress aria-label="Towards ${next.name}" value="${times - from}" max="${next.times - from}"></progress><small>${times}/${next.times}<span class="sr"> times done</span></small>`
  }</p>`
}
