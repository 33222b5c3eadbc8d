import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { layLine, SLOW } from '../../services/line.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { engineScript } from '../../kit/adapters/engine.ts'
import { type Figure, summarise } from '../figure.ts'
import { weigh } from './bytes.ts'
import { engineScripts, type Loaded, type Pages, servePages, type Way, type World } from './picturesPages.ts'

const ROUNDS = 5
const names = (count: number) => Array.from({ length: count }, (_, number) => `/pic/${number}.webp`)
const WORLD = names(60)
/** Where the player stands: somewhere in the middle of it. */
const SEEN = WORLD.slice(24, 36)

/** The peers at their best: Pixi without its workers, of which it has one a core and each takes the last asked first; 32 at once is Phaser's own. */
const OURS: Way = { engine: 'pixi', isOurs: true }
const PIXI: Way = { engine: 'pixi', settings: { workers: false } }
const PHASER: Way = { engine: 'phaser', settings: { parallel: 32 } }
const PEERS = [
  ['Pixi 8.22.0', PIXI],
  ['Phaser 4.2.1', PHASER],
] as const

/** What pictures cost a page, and how soon they are there. */
export async function* pictureFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  yield await bytes()
  await using pages = await servePages({ ...(await engineScripts()), ours: await engineScript(LIST) })
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  yield* onScreen(browser, pages, say)
  yield await withFaults(browser, pages, say)
  yield await longestTask(browser, pages, say)
}

/** Both forms, whether or not they come in one piece. */
async function bytes(): Promise<Figure> {
  const { first, later } = await weigh(
    `import { loadImages } from '/client/runtime/images.ts'\nglobalThis.load = loadImages`,
  )
  const all = Object.values(later).reduce((sum, one) => sum + one, first)
  return summarise({ name: 'images-bytes', unit: 'bytes', versus: 'gzip -9, both forms', values: [all] })
}

/** Each way once in turn, so that what else the machine does meets all of them. */
async function* onScreen(browser: Browser, pages: Pages, say: (line: string) => void): AsyncGenerator<Figure> {
  const ratios: { listed: number[]; told: number[] } = { listed: [], told: [] }
  await using context = await browser.newContext()
  await using line = await layLine(pages.url, SLOW)
  // The engines are fetched once, and kept.
  for (const way of [PIXI, PHASER]) await load(context, line.url, way, { urls: [], seen: [] })
  for (let round = 1; round <= ROUNDS; round++) {
    const time = async (way: Way, isTold = false) =>
      (await load(context, line.url, way, { urls: WORLD, seen: SEEN, isTold, untilPainted: true })).painted
    const ours = await time(OURS)
    const listed = [await time(PIXI), await time(PHASER)]
    const told = [await time(PIXI, true), await time(PHASER, true)]
    ratios.listed.push(ours / Math.min(...listed))
    ratios.told.push(ours / Math.min(...told))
    const [list, hand] = [listed, told].map((times) => times.map((one) => `${one.toFixed(0)} ms`).join(' and '))
    say(
      `on screen ${round} of ${ROUNDS}: ours ${ours.toFixed(0)} ms; Pixi and Phaser ${list}, told what is on screen ${hand}`,
    )
  }
  const versus = 'the better of Pixi 8.22.0 and Phaser 4.2.1, 1.6 Mbps and 150 ms, HTTP/1.1'
  const unit = 'ratio' as const
  yield summarise({ name: 'onscreen-pictures', unit, versus: `${versus}; all have one list`, values: ratios.listed })
  yield summarise({
    name: 'onscreen-pictures-told',
    unit,
    versus: `${versus}; they are told by hand to load first what is on screen`,
    values: ratios.told,
  })
}

async function withFaults(browser: Browser, pages: Pages, say: (line: string) => void): Promise<Figure> {
  await using context = await browser.newContext()
  let asked = 0
  // One of ten, each time others: a picture's second attempt may be one, too.
  pages.fails = () => ++asked % 10 === 3
  const share = async (way: Way) =>
    (await load(context, pages.url, way, { urls: WORLD, seen: SEEN })).completed / WORLD.length
  const ours: number[] = []
  const theirs: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    say(`with faults ${round} of ${ROUNDS}`)
    ours.push(await share(OURS))
    for (const [name, way] of round === 1 ? PEERS : []) theirs.push(`${name} ${(await share(way)).toFixed(2)}`)
  }
  pages.fails = () => false
  const versus = `of 60, one request of ten refused or cut; with four retries ${theirs.join(', ')}`
  return summarise({ name: 'completed-with-faults', unit: 'ratio', versus, values: ours })
}

/** In the page: both forms, each picture put where it is seen. */
const LIST = `
  import { loadImages } from 'client/runtime/images.ts'
  loadImages()
  const brush = document.body.appendChild(document.createElement('canvas')).getContext('2d')
  globalThis.list = async (urls) => {
    await loadImages(urls, { as: 'bitmap', each: (_url, bitmap) => brush.drawImage(bitmap, 0, 0) })
  }
  globalThis.elements = (urls) => {
    for (const url of urls) {
      const img = new Image(240, 240)
      img.loading = 'lazy'
      img.src = url
      document.body.append(img)
    }
    return new Promise((resolve) => {
      const check = () => document.querySelectorAll('[data-shown]').length === urls.length && resolve(watch.disconnect())
      const watch = new MutationObserver(check)
      watch.observe(document.body, { subtree: true, attributeFilter: ['data-shown'] })
    })
  }
`

async function longestTask(browser: Browser, pages: Pages, say: (line: string) => void): Promise<Figure> {
  const values: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    await using context = await browser.newContext()
    const page = await context.newPage()
    const client = await context.newCDPSession(page)
    await page.goto(`${pages.url}/ours`)
    await page.waitForFunction(() => 'elements' in globalThis)
    await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    const list = await traced(browser, page, () => page.evaluate((urls) => globalThis.list(urls), names(150)))
    const elements = await traced(browser, page, () => page.evaluate((urls) => globalThis.elements(urls), names(150)))
    say(`longest task ${round} of ${ROUNDS}: list ${list.toFixed(1)} ms, elements ${elements.toFixed(1)} ms`)
    values.push(Math.max(list, elements))
  }
  const versus = '150 pictures as bitmaps, then 150 as elements of a long page, CPU time of one task at 4x'
  return summarise({ name: 'longest-task', unit: 'ms', versus, values })
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** CPU microseconds: what else the machine does is not this page's. */
  tdur?: number
  args: { name?: string }
}

/** Does `work` in the page. @returns the CPU ms of the longest task of its main thread meanwhile. */
async function traced(browser: Browser, page: Page, work: () => Promise<unknown>): Promise<number> {
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel', '__metadata'],
  })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && mains.has(`${pid} ${tid}`))
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}

async function load(context: BrowserContext, url: string, way: Way, world: World): Promise<Loaded> {
  await using page = await context.newPage()
  await page.goto(`${url}/${way.engine}`)
  await page.waitForFunction(() => 'load' in globalThis)
  return await page.evaluate(([way, world]) => globalThis.load(way, world), [way, world] as const)
}

declare global {
  var load: (way: Way, world: World) => Promise<Loaded>
  var list: (urls: string[]) => Promise<unknown>
  var elements: (urls: string[]) => Promise<unknown>
}
