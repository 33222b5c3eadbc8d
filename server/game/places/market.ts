import { html, type Html, raw } from '../../middleware/html.ts'
import type { Setting, Visit } from '../layout.ts'
import { items } from '../rules/data/items.ts'
import { shop, type Ware } from '../rules/market.ts'
import type { Item, Slot } from '../rules/types.ts'
import { whole, word } from './fields.ts'
import { noSuch, type Place } from './place.ts'
import { deed, header, HEADER, number } from './widgets.ts'

/** The eight places on the body, in the order of dressing, as the game calls them. */
export const SLOTS: Readonly<Record<Slot, string>> = {
  weapon: 'Weapon',
  shield: 'Shield',
  head: 'Head',
  body: 'Body',
  hands: 'Hands',
  feet: 'Feet',
  neck: 'Neck',
  ring: 'Ring',
}

export const slots = Object.keys(SLOTS) as Slot[]
export const isSlot = (text: unknown): text is Slot => typeof text === 'string' && Object.hasOwn(SLOTS, text)

export const market: Place = {
  name: 'market',
  paths: ['/market', '/market/:slot'],
  deeds: {
    buy: (fields) => ({ kind: 'buy', item: word(fields, 'item'), price: whole(fields, 'price') }),
    sell: (fields) => ({ kind: 'sell', item: word(fields, 'item'), price: whole(fields, 'price') }),
    equip: (fields) => ({ kind: 'equip', item: word(fields, 'item') }),
  },
  show(visit, { part }) {
    if (part !== undefined && !isSlot(part)) noSuch('stall')
    return drawMarket(visit, isSlot(part) ? part : null)
  },
}

/** All stalls, or the one for a slot. What can be worn soon comes first; what is only found shows once it is owned. */
export function drawMarket(visit: Visit, slot: Slot | null): Setting {
  const { assets, player } = visit
  const shown = shop(player, visit.now).filter(({ item }) => slot === null || item.slot === slot)
  return {
    title: 'Market',
    description: 'Buy and sell gear in Emberwood: eight slots, four rarities, and a smith with opinions.',
    place: 'market',
    styles: ['place'],
    preload: [assets.preloadImage('scenes/market', HEADER)],
    main: () =>
      html`${header(assets, { scene: 'scenes/market', name: 'Market', words: 'Everything here was found honestly, says everyone here.' })}<div class="wrap"><nav class="tabs" aria-label="Stalls"><ul>${[
        null,
        ...slots,
      ].map(
        (stall) =>
          html`<li><a href="${stall === null ? '/market' : `/market/${stall}`}" ${stall === slot && raw('aria-current="true"')}>${stall === null ? 'All' : SLOTS[stall]}</a></li>`,
      )}</ul></nav><ul class="wares">${shown.map((ware) => tile(visit, ware, slot))}</ul></div>`,
  }
}

function tile({ assets, player }: Visit, ware: Ware, slot: Slot | null): Html {
  const { item, price, sells, owned, worn, locked, affordable } = ware
  const { id, name, words, picture, rarity, stocked } = item
  const to = slot === null ? '/market' : `/market/${slot}`
  const spare = owned - (worn ? 1 : 0)
  const form = { to, version: player.version, about: name }
  return html`<li class="card ware ${rarity}" id="${id}">${frameOf(assets.image(picture, { alt: '', width: 88, lazy: true }))}<div><h2>${name}</h2><p class="kind">${rarity} · ${SLOTS[item.slot].toLowerCase()}${owned > 0 && html` · <b>${worn ? 'worn' : `have ${owned}`}</b>`}</p><p>${words}</p>${compare(item, player.gear[item.slot])}</div><div class="deeds">${
    stocked &&
    deed({
      ...form,
      action: 'buy',
      fields: { item: id, price },
      cost: { coins: price },
      label: html`<span class="sr">Buy for </span>${assets.image('icons/coin', { alt: '', width: 20, lazy: true })}${number(price)}`,
      class: affordable ? '' : 'calm',
      barred: locked === null ? undefined : `Level ${locked}`,
    })
  }${owned > 0 && !worn && locked === null && deed({ ...form, action: 'equip', fields: { item: id }, label: 'Wear', class: 'calm' })}${
    spare > 0 &&
    deed({
      ...form,
      action: 'sell',
      fields: { item: id, price: sells },
      cost: { coins: -sells },
      label: html`Sell ${number(sells)}`,
      class: 'calm',
    })
  }</div></li>`
}

/** The rarity-coloured frame around a thing. */
export const frameOf = (picture: Html): Html => html`<span class="frame">${picture}</span>`

/** What wearing it would change, against what is worn in its slot now. */
export function compare(item: Item, wornId: string | undefined): Html {
  const worn = items.find(({ id }) => id === wornId)
  const change = (what: string, mine: number, theirs: number) => {
    const more = mine - theirs
    if (mine === 0 && more === 0) return null
    return html`<li>${what} ${mine}${
      worn?.id !== item.id &&
      more !== 0 &&
      html` <b class="${more > 0 ? 'up' : 'down'}">${more > 0 ? '▲' : '▼'}${Math.abs(more)}<span class="sr"> ${more > 0 ? 'more' : 'less'} than worn</span></b>`
    }</li>`
  }
  return html`<ul class="power">${change('Attack', item.attack, worn?.attack ?? 0)}${change('Defence', item.defence, worn?.defence ?? 0)}</ul>`
}
