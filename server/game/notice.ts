import type { Assets } from '../middleware/assets.ts'
import { html, type Html } from '../middleware/html.ts'
import { number } from './places/widgets.ts'
import { steps } from './rules/data/steps.ts'
import type { Outcome } from './rules/types.ts'

/** What an action came to, or why it did not. */
export type Said = Pick<Outcome, 'text' | 'tone' | 'gains' | 'battle' | 'step'>

/**
 * Says it: to the eye in one sentence, with what was won as pictures and numbers; to a screen reader in full. A refusal is said whole,
 * interrupts, and stays. The id makes each saying a new element, which appears anew.
 */
export function notice(assets: Assets, said: Said | null, now: number): Html {
  return html`<div id="notice" role="status" aria-live="polite">${
    said &&
    (said.tone === 'bad' && !said.battle
      ? html`<p id="said-${now}" class="bad" role="alert">${said.text}</p>`
      : html`<div id="said-${now}" class="said">${told(assets, said)}</div>`)
  }</div>`
}

const ICONS = { xp: 'xp', coins: 'coin', energy: 'energy', health: 'heart' } as const

function told(assets: Assets, { text, gains, step }: Said): Html {
  const end = firstSentence(text)
  const icon = (name: string) => assets.image(`icons/${name}`, { alt: '', width: 20 })
  const won = (['xp', 'coins', 'energy', 'health'] as const).filter((what) => (gains[what] ?? 0) > 0)
  const done = steps.find(({ id }) => id === step)
  return html`<p>${text.slice(0, end)}<span class="sr">${text.slice(end)}</span></p><ul class="chips" aria-hidden="true">${
    gains.level !== undefined && html`<li>${icon('star')}Level ${gains.level}</li>`
  }${won.map((what) => html`<li>${icon(ICONS[what])}+${number(gains[what] ?? 0)}</li>`)}${
    done && html`<li>${icon('check')}${done.name}</li>`
  }</ul>`
}

/** Where the first sentence ends. */
export function firstSentence(text: string): number {
  const end = /[.!?](?=\s)/.exec(text)
  return end ? end.index + 1 : text.length
}
