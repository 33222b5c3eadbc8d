import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { startGame } from '../../services/game.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { type Figure, median, summarise } from '../figure.ts'
import { bytesFigure } from './bytes.ts'

const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const main = join(import.meta.dirname, '../../../client/game/main.ts')
/** Taps that three minutes bring at one every two seconds. */
const TAPS = 90
/** The bench ends by then, however few they were. Ms. */
const LIMIT = 95_000
/** Where a newcomer walks, over and over. */
const TOUR = ['/missions', '/market', '/battle', '/', '/hero', '/missions/thornwood', '/feed', '/friends']

/** What the runtime costs the game before it can be played, and how soon it answers to taps. */
export async function* runtimeFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  yield await bytesFigure('runtime-bytes', runtimeOf(await readFile(main, 'utf8')))
  yield await inp(say)
}

/** All that the game's entry imports of the runtime, and nothing of the game: what it takes is read from the entry itself. */
function runtimeOf(entry: string): string {
  const imports = [...entry.matchAll(/^import \{([^}]+)\} from '\.\.\/runtime\/([\w/-]+\.ts)'$/gm)]
  if (imports.length === 0)
    throw new Error(
      `${main} imports nothing of ../runtime/: expected lines as in import { … } from '../runtime/fragments.ts'`,
    )
  const names = imports.map(([, names = '']) => names.trim())
  return `${imports.map(([, , file], index) => `import {${names[index]}} from '/client/runtime/${file}'`).join('\n')}
globalThis.runtime = [${names.join(', ')}]`
}

/** One interaction: all events of a tap. https://web.dev/articles/inp */
interface Interaction {
  duration: number
  /** Before the first handler ran, in handlers, and from there to the frame that shows it. */
  delay: number
  handlers: number
  shown: number
  target: string
  scripts: string
}

/**
 * INP of a newcomer who taps through the built game, a processor four times slower than this one's. Between taps there is no pause but until the
 * page is at rest: a tap more would not wait for the one before it, as it does not in play.
 */
async function inp(say: (line: string) => void): Promise<Figure> {
  await using game = await startGame()
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  await using context = await browser.newContext({ ...PHONE, baseURL: game.url })
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const heard = new Map<string, Interaction>()
  await page.exposeFunction('tapped', (id: string, one: Interaction) => {
    if (one.duration >= (heard.get(id)?.duration ?? 0)) heard.set(id, one)
  })
  await page.addInitScript(listen)
  await page.goto('/')
  await page.waitForFunction(() => performance.getEntriesByName('playable').length > 0)
  const end = performance.now() + LIMIT
  let taps = 0
  const isOver = () => performance.now() > end || taps >= TAPS
  const tap = async (selector: string) => {
    const target = page.locator(selector).filter({ visible: true }).first()
    if (isOver() || (await target.count()) === 0) return
    await target.tap()
    taps++
    await atRest(page)
  }
  for (let stop = 0; !isOver(); stop++) {
    const place = TOUR[stop % TOUR.length] ?? '/'
    await tap(`a[href="${place}"]`)
    // What the place offers: the second thing at the second visit.
    await tap(`#main form[method="post"] button:not([disabled]) >> nth=${Math.floor(stop / TOUR.length) % 3}`)
    await tap('.skip-fight')
    if (stop % TOUR.length === 0) say(`${taps} of ${TAPS} taps`)
  }
  await atRest(page)
  // Those quicker than the browser tells of count as the shortest that it does.
  const worst = [...heard.values()].toSorted((one, other) => other.duration - one.duration)
  for (const one of worst.slice(0, 6)) say(JSON.stringify(one))
  const values = [...worst.map(({ duration }) => duration), ...Array<number>(Math.max(0, taps - worst.length)).fill(16)]
  // As the field's INP: of fifty interactions the worst is left out. https://web.dev/articles/inp#how_is_inp_calculated
  const value = values[Math.floor(values.length / 50)] ?? Number.NaN
  const versus = `${values.length} taps of three minutes' play on a phone, 4x CPU; half of them within ${median(values.toReversed())} ms`
  return { ...summarise({ name: 'inp', unit: 'ms', versus, values }), value }
}

/** Answered, shown, and nothing left to do. */
const atRest = (page: Page) =>
  page.waitForFunction(
    () =>
      !document.querySelector('[data-busy]') &&
      new Promise((resolve) => requestIdleCallback(() => requestAnimationFrame(() => setTimeout(resolve, 0, true)))),
  )

/** Runs in the page: tells each event of an interaction, and the scripts of the frame that it was answered in. */
function listen(): void {
  const { tapped } = globalThis as unknown as { tapped: (id: string, one: Interaction) => void }
  const frames: (PerformanceEntry & {
    scripts?: { duration: number; sourceURL: string; sourceFunctionName: string; invoker: string }[]
  })[] = []
  new PerformanceObserver((list) => frames.push(...list.getEntries())).observe({
    type: 'long-animation-frame',
    buffered: true,
  })
  // Asked for later, what was tapped may have left the page.
  let latest = ''
  addEventListener(
    'pointerdown',
    ({ target }) => {
      if (target instanceof Element)
        latest = `${target.localName} ${target.closest('a, button, form')?.textContent?.trim().slice(0, 20) ?? ''}`
    },
    true,
  )
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      const { interactionId, startTime, duration, processingStart, processingEnd, name } = entry
      if (interactionId === 0) continue
      const frame = frames.findLast(
        (one) => one.startTime <= startTime + duration && one.startTime + one.duration >= startTime,
      )
      const scripts = (frame?.scripts ?? []).map(
        ({ duration, sourceURL, sourceFunctionName, invoker }) =>
          `${Math.round(duration)} ${sourceURL.split('/').at(-1)} ${sourceFunctionName || invoker}`,
      )
      tapped(`${Math.round(performance.timeOrigin)}.${interactionId}`, {
        duration,
        delay: Math.round(processingStart - startTime),
        handlers: Math.round(processingEnd - processingStart),
        shown: Math.round(startTime + duration - processingEnd),
        target: `${location.pathname} ${name} ${latest}`,
        scripts: scripts.join('; '),
      })
    }
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
}
