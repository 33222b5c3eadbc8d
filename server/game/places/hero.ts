import { html, type Html, raw } from '../../middleware/html.ts'
import type { Setting, Visit } from '../layout.ts'
import { avatars } from '../rules/data/avatars.ts'
import { curves } from '../rules/data/curves.ts'
import { items } from '../rules/data/items.ts'
import { bagOf } from '../rules/bag.ts'
import { powers } from '../rules/strength.ts'
import type { Item, Slot } from '../rules/types.ts'
import { FieldError, word } from './fields.ts'
import { compare, frameOf, isSlot, slots, SLOTS } from './market.ts'
import type { Place } from './place.ts'
import { deed, header, HEADER, number } from './widgets.ts'

export const hero: Place = {
  name: 'hero',
  paths: ['/hero'],
  deeds: {
    equip: (fields) => ({ kind: 'equip', item: word(fields, 'item') }),
    unequip: (fields) => {
      const slot = word(fields, 'slot')
      if (!isSlot(slot)) throw new FieldError(`Nobody has a ${slot} to take anything off.`)
      return { kind: 'unequip', slot }
    },
    rename: (fields) => ({ kind: 'rename', name: word(fields, 'name', 200), avatar: word(fields, 'avatar') }),
  },
  show: drawHero,
}

/** Who one is, what one wears, what one could wear. */
export function drawHero(visit: Visit): Setting {
  const { assets, player } = visit
  const { attack, defence } = powers(player)
  const bag = bagOf(player).filter(({ count, worn }) => count > (worn ? 1 : 0))
  return {
    title: 'Hero',
    description: 'Your hero in Emberwood: gear, strength, name and face.',
    place: 'hero',
    styles: ['place', 'hero'],
    preload: [assets.preloadImage('scenes/hero', HEADER)],
    main: () =>
      html`${header(assets, {
        scene: 'scenes/hero',
        name: player.name,
        words: `Level ${player.level} · ${number(player.wins)} won, ${number(player.losses)} lost`,
      })}<div class="wrap"><section class="card doll" aria-label="What you wear"><ul class="slots">${slots.map((slot) => worn(visit, slot))}</ul><div class="self">${assets.image(player.avatar, { alt: '', width: 180, sizes: '(min-width: 900px) 240px, 140px' })}<ul class="might"><li><b>${attack}</b> attack</li><li><b>${defence}</b> defence</li></ul></div></section><section aria-labelledby="bag"><h2 id="bag">In the bag</h2>${
        bag.length === 0
          ? html`<p class="hush">Nothing but crumbs. <a href="/missions">Missions</a> and the <a href="/market">market</a> fill it.</p>`
          : html`<ul class="wares">${bag.map((entry) => spare(visit, entry))}</ul>`
      }</section><section class="card self-form" aria-labelledby="who"><h2 id="who">Name and face</h2>${rename(visit)}</section><p class="ways"><a class="btn calm" href="/friends">Friends</a><a class="btn calm" href="/ladder">Ladder</a></p></div>`,
  }
}

function worn({ assets, player }: Visit, slot: Slot): Html {
  const item = items.find(({ id }) => id === player.gear[slot])
  if (!item)
    return html`<li class="slot none" id="${slot}"><a href="/market/${slot}"><span class="frame" aria-hidden="true">+</span><span>${SLOTS[slot]}<span class="sr">: nothing worn, go to its stall</span></span></a></li>`
  return html`<li class="slot ${item.rarity}" id="${slot}">${deed({
    to: '/hero',
    action: 'unequip',
    fields: { slot },
    version: player.version,
    class: 'bare',
    label: html`${frameOf(assets.image(item.picture, { alt: '', width: 72 }))}<span><span class="sr">Take off </span>${item.name}</span>`,
  })}</li>`
}

function spare({ assets, player }: Visit, { item, count }: { item: Item; count: number }): Html {
  return html`<li class="card ware ${item.rarity}" id="${item.id}">${frameOf(assets.image(item.picture, { alt: '', width: 88, lazy: true }))}<div><h3>${item.name}</h3><p class="kind">${item.rarity} · ${SLOTS[item.slot].toLowerCase()} · have ${count}</p>${compare(item, player.gear[item.slot])}</div><div class="deeds">${deed(
    {
      to: '/hero',
      action: 'equip',
      fields: { item: item.id },
      version: player.version,
      label: 'Wear',
      about: item.name,
      barred: player.level < item.level ? `Level ${item.level}` : undefined,
    },
  )}</div></li>`
}

function rename({ assets, player }: Visit): Html {
  return html`<form method="post" action="/hero"><input type="hidden" name="action" value="rename"><input type="hidden" name="key" value="turn-${player.version}-rename"><label class="field">Name<input name="name" value="${player.name}" required minlength="2" maxlength="${curves.caps.name}" autocomplete="nickname"></label><fieldset class="faces"><legend>Face</legend>${avatars.map(
    ({ id, name, picture }) =>
      html`<label><input type="radio" name="avatar" value="${id}" ${picture === player.avatar && raw('checked')}><span>${assets.image(picture, { alt: name, width: 64, lazy: true })}</span></label>`,
  )}</fieldset><button class="btn">Be this one</button></form>`
}
