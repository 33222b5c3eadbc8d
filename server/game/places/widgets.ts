import { html, raw } from '../../middleware/html.ts'
import type { Content, Html } from '../../middleware/html.ts'
import type { Assets } from '../../middleware/assets.ts'

/** What an action takes from the bar at the top the moment it is tapped: the client moves the numbers before the answer comes. */
export interface Cost {
  energy?: number
  coins?: number
  health?: number
}

/** One button that acts: a form of its own, so that it works as a whole page as well. */
export interface Deed {
  /** Where it posts: the place's own URL. */
  to: string
  /** The action's kind, as in `rules/types.ts`. */
  action: string
  /** The action's other fields. */
  fields?: Record<string, string | number>
  /** Makes the idempotency key: the player's row as it stood when this was drawn. */
  version: number
  cost?: Cost
  /** What the button says. */
  label: Content
  /** Said after the label to those who do not see the card around it. */
  about?: string
  /** Class of the button. */
  class?: string
  /** Class of the form. */
  form?: string
  /** Why it cannot be done now; the button then says so and does nothing. */
  barred?: string | undefined
}

/**
 * A form around one button. Its key names the player's version: drawn twice from one row the form is the same, so that an unchanged page
 * has an unchanged validator, and sent twice without scripts it is one action. With scripts each tap brings a key of its own, and is an
 * action of its own.
 */
export function deed({
  to,
  action,
  fields = {},
  version,
  cost = {},
  label,
  about,
  class: look,
  form,
  barred,
}: Deed): Html {
  const name = about === undefined ? null : html`<span class="sr">: ${about}</span>`
  if (barred !== undefined)
    return html`<p class="deed"><button class="btn ${look}" type="button" disabled>${barred}${name}</button></p>`
  const key = ['turn', version, action, ...Object.values(fields)]
    .join('-')
    .replaceAll(/[^\w-]/g, '')
    .slice(0, 64)
  return html`<form class="deed ${form}" method="post" action="${to}" ${attributes(cost)}><input type="hidden" name="action" value="${action}"><input type="hidden" name="key" value="${key}">${Object.entries(
    fields,
  ).map(
    ([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`,
  )}<button class="btn ${look}">${label}${name}</button></form>`
}

const attributes = (cost: Cost): Html =>
  raw(
    Object.entries(cost)
      .map(([what, much]) => `data-${what}="${Number(much)}"`)
      .join(' '),
  )

/** A number with a picture of what it counts. */
export interface Chip {
  /** Of `icons/`. */
  icon: string
  value: Content
  /** Say to a screen reader what the picture says to the eye. */
  words: string
}

/** A small picture beside a number. */
export function chip(assets: Assets, { icon, value, words }: Chip): Html {
  return html`<li>${assets.image(`icons/${icon}`, { alt: '', width: 20, sizes: '20px', lazy: true })}<span>${value}</span><span class="sr"> ${words}</span></li>`
}

/** Whole numbers as people write them: `12,480`. */
export const number = (value: number): string => Math.floor(value).toLocaleString('en')

/** `0:42`, `3:05`, `1 h 20 min` */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago` */
export function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  const days = Math.floor(hours / 24)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** What is closed, and what opens it. */
export const lockLine = (assets: Assets, { words }: { words: string }): Html =>
  html`<p class="bar">${assets.image('icons/lock', { alt: '', width: 20, lazy: true })}${words}</p>`

/** `sizes` of the picture at the head of a place. */
export const HEADER = '(min-width: 900px) calc(100vw - 104px), max(100vw, 560px)'

/** What stands at the head of a place. */
export interface Heading {
  /** The picture behind it. */
  scene: string
  name: string
  /** A sentence. */
  words: Content
}

/** The painted head of a place. */
export function header(assets: Assets, { scene, name, words }: Heading): Html {
  return html`<header class="top">${assets.image(scene, { alt: '', class: 'backdrop', sizes: HEADER, priority: 'high' })}<div><h1>${name}</h1><p>${words}</p></div></header>`
}
