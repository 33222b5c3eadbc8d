import { expect, type Page } from '@playwright/test'
import type { TrackedEvent } from '../../../server/wire/event.ts'
import { type Answer, type Asked, pageOf, pageScript, script, type Site } from '../kit.ts'

/** The page's script. */
export const start = await pageScript(`
  import { startEvents } from 'client/runtime/events.ts'
  globalThis.events = startEvents()
  document.documentElement.dataset.ready = ''
`)

export interface Told {
  /** Each request's events, in the order of their arrival. */
  batches: TrackedEvent[][]
  /** As the table: what is there already stays as it is. By id: whose it is, and what. */
  table: Map<string, { owner: string; event: TrackedEvent }>
  /** Names of what stands in the table, without sessions. */
  names: () => string[]
  /** Answers instead of the server; `undefined` leaves it to answer. */
  answer: (how: (batch: TrackedEvent[], asked: Asked) => Answer | undefined | Promise<Answer | undefined>) => void
  /** Signs somebody in, in place of whoever was. */
  signIn: (who: string) => void
}

/** A server that takes events as the real one does, and pages that say whose they are. */
export function serve(site: Site): Told {
  const batches: TrackedEvent[][] = []
  const table: Told['table'] = new Map()
  let who = 'ann'
  let how: Parameters<Told['answer']>[0] = () => undefined
  site.handle(async (asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path !== '/track/record_event')
      return pageOf(asked, { hud: `<b id="who" data-owner="${who}">${who}</b>` })
    expect(asked.headers['content-type']).toBe('application/json')
    expect(Buffer.byteLength(asked.text)).toBeLessThanOrEqual(16 * 1024)
    const batch = JSON.parse(asked.text) as TrackedEvent[]
    expect(batch.length).toBeLessThanOrEqual(50)
    batches.push(batch)
    const own = await how(batch, asked)
    if (own) return own
    const owner = String(asked.headers['owner'])
    if (owner !== who) return { status: 409 }
    for (const event of batch) if (!table.has(event.id ?? '')) table.set(event.id ?? '', { owner, event })
    return { status: 204 }
  })
  return {
    batches,
    table,
    names: () => [...table.values()].map(({ event }) => nameOf(event)).filter((name) => !name.startsWith('session')),
    answer: (next) => (how = next),
    signIn: (name) => (who = name),
  }
}

/** What a test has told is a mission of that name. */
const nameOf = ({ name, data }: TrackedEvent) => (data && 'mission' in data ? data.mission : name)

export async function open(page: Page, site: Site, path = '/'): Promise<void> {
  await page.goto(site.url + path)
  await page.locator('html[data-ready]').waitFor()
}

export const tell = (page: Page, ...missions: string[]): Promise<void> =>
  page.evaluate((missions) => {
    for (const mission of missions) events.track('mission', { mission })
  }, missions)

/** Runs in the page: the missions that the browser has stored. */
export function readStored(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('firstframe-events')
    opening.addEventListener('error', () => reject(opening.error ?? new Error('no database')))
    opening.addEventListener('success', () => {
      const all = opening.result.transaction('event').objectStore('event').getAll()
      all.addEventListener('success', () => {
        opening.result.close()
        const records = all.result as { event: { at: number; data?: { mission?: string } } }[]
        resolve(records.toSorted((a, b) => a.event.at - b.event.at).flatMap(({ event }) => event.data?.mission ?? []))
      })
    })
  })
}

/** Until the browser has stored just these, in whatever order. */
export const stored = (page: Page, ...missions: string[]): Promise<void> =>
  expect.poll(async () => (await page.evaluate(readStored)).toSorted()).toEqual(missions.toSorted())

/** Until what the page has begun to send, by a timer that has fired, is answered. */
export const sent = (page: Page): Promise<void> =>
  page.evaluate(() => navigator.locks.request('firstframe-events', () => {}))

/** Tells the page that there is a line, which it need not take for an end of its patience. */
export const online = (page: Page): Promise<unknown> => page.evaluate(() => dispatchEvent(new Event('online')))

declare global {
  var events: { track: (name: string, data?: object) => void; readonly dropped: number; stop(): void }
}
