import { expect, type BrowserContext, type Page } from '@playwright/test'
import { type Asked, pageOf, pageScript, script, type Site, workerScript } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  import { registerWorker } from 'client/runtime/worker.ts'
  globalThis.states = []
  globalThis.seen = []
  document.addEventListener('firstframe:outbox', ({ detail }) => states.push(detail))
  document.addEventListener('firstframe:optimistic', ({ detail }) => {
    const coins = document.querySelector('#coins')
    const before = coins.textContent
    coins.textContent = String(Number(before) - 5)
    detail.undo(() => (coins.textContent = before))
  })
  if (document.querySelector('meta[name=worker]')) registerWorker('/worker.js')
  const fragments = startFragments()
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)

interface Play {
  /** What is applied, by key. */
  ledger: Map<string, string>
  /** Cuts the line after an action was applied. */
  loseAnswers: (yes: boolean) => void
  /** Holds answers to actions back, before or after they are applied, until it is called again. */
  hold: (when: 'before' | 'after' | undefined) => void
  /** Signs somebody in, in place of whoever was. */
  signIn: (who: string) => void
}
interface PlayOptions {
  /** Why an action is refused. */
  refuse?: (asked: Asked) => string | undefined
  /** Whether pages say whose they are. */
  says?: boolean
  /** Whether pages register the worker. */
  worker?: boolean
}

/** A server with a ledger, as the game's. */
export async function serve(
  site: Site,
  { refuse = () => undefined, says = false, worker = false }: PlayOptions = {},
): Promise<Play> {
  const ledger = new Map<string, string>()
  const workerText = worker ? await workerScript({ release: 'r1', shell: [] }) : ''
  let lose = false
  let who = 'ann'
  let held: { when: string; until: Promise<void>; release: () => void } | undefined
  site.handle(async (asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path === '/worker.js' && worker) return script(workerText)
    if (asked.path !== '/') return undefined
    const coins = () => `<b id="coins" ${says ? `data-owner="${who}"` : ''}>${100 - 5 * ledger.size}</b>`
    const main =
      '<form method="post"><input type="hidden" name="key" value="k"><button name="action" value="a">Go a</button><button name="action" value="b">Go b</button></form>'
    const options = { head: worker ? '<meta name="worker">' : '' }
    const show = (notice = '', status = 200) => {
      const page = pageOf(asked, { hud: coins(), main, notice }, { ...options, status })
      // A part of its own beside the four.
      return asked.headers['fragment'] === 'coins' ? { ...page, body: coins() } : page
    }
    if (asked.method !== 'POST') return show()
    if (held?.when === 'before') await held.until
    const reason = refuse(asked)
    if (reason) return show(reason, 409)
    ledger.set(asked.body.get('key') ?? '', `${says ? `${who} ` : ''}${asked.body.get('action')}`)
    if (held?.when === 'after') await held.until
    return lose ? { cut: true } : show('Done.')
  })
  return {
    ledger,
    loseAnswers: (yes) => (lose = yes),
    hold(when) {
      held?.release()
      const { promise, resolve } = Promise.withResolvers<void>()
      held = when && { when, until: promise, release: resolve }
    },
    signIn: (name) => (who = name),
  }
}

export async function open(page: Page, site: Site): Promise<void> {
  await page.goto(site.url)
  await page.locator('html[data-ready]').waitFor()
}

/** Until the page says that so many wait. */
export const waiting = (page: Page, count: number): Promise<void> =>
  expect.poll(() => page.evaluate(() => states.at(-1)?.actions.length)).toBe(count)

/** Until the browser has stored so many, which it does while their requests are on the way. */
export const stored = (page: Page, count: number): Promise<void> =>
  expect.poll(() => page.evaluate(readOutbox).then((records) => records.length)).toBe(count)

/** Runs in the page. */
export function readOutbox(): Promise<Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('firstframe', 1)
    opening.addEventListener('error', () => reject(opening.error ?? new Error('no database')))
    opening.addEventListener('success', () => {
      const all = opening.result.transaction('outbox').objectStore('outbox').getAll()
      all.addEventListener('success', () => {
        opening.result.close()
        resolve(all.result as Record<string, unknown>[])
      })
    })
  })
}

export const offline = (context: BrowserContext, yes: boolean): Promise<void> => context.setOffline(yes)

declare global {
  var states: {
    actions: { key: string; label: string }[]
    sent: string[]
    refused: { words: string }[]
    isStored: boolean
  }[]
  var seen: string[]
}
