import { gzipSync } from 'node:zlib'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Browser, type Page } from '@playwright/test'
import { BUILT, SOURCE, startGame } from '../services/game.ts'
import { layLine, type Line } from '../services/line.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../services/provision.ts'
import { median, summarise, type Figure } from './figure.ts'

const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const VISITS = 3
const STARTS = 9

/** What a stranger's first visit costs, and the second one; what the bundle does for the server's start. */
export async function* first(say: (line: string) => void): AsyncGenerator<Figure> {
  await using game = await startGame()
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const visits: ColdVisit[] = []
  for (let visit = 1; visit <= VISITS; visit++) {
    say(`cold visit ${visit} of ${VISITS}`)
    visits.push(await coldVisit(browser, game.url))
  }
  const cold = { versus: 'cold visit of a phone' }
  yield summarise({ name: 'first-response', unit: 'bytes', ...cold, values: visits.map(({ response }) => response) })
  yield summarise({ name: 'first-js', unit: 'bytes', ...cold, values: visits.map(({ script }) => script) })
  yield summarise({
    name: 'blocking-requests',
    unit: 'requests',
    ...cold,
    values: visits.map(({ blocking }) => blocking),
  })
  const shifts = visits.map(({ shift }) => shift)
  for (let visit = 1; visit <= VISITS; visit++) {
    say(`cold visit ${visit} of ${VISITS} on a slow line with a slow processor`)
    shifts.push((await coldVisit(browser, game.url, slow)).shift)
  }
  const worst = summarise({ name: 'first-cls', unit: 'score', versus: 'worst cold visit of a phone', values: shifts })
  yield { ...worst, value: worst.spread[1] }
  const second: number[] = []
  for (let visit = 1; visit <= VISITS; visit++) {
    say(`second visit ${visit} of ${VISITS}`)
    await using line = await layLine(game.url)
    second.push(await secondVisit(browser, line))
  }
  yield summarise({ name: 'second-visit-bytes', unit: 'bytes', versus: 'service worker active', values: second })
  yield await bundleStart(say)
}

interface ColdVisit {
  /** Bytes of the answer to `/`, head and encoded body, as they came off the wire. */
  response: number
  /** Scripts that the page fetched, each gzipped. */
  script: number
  blocking: number
  shift: number
}

/** Slow 3G and a processor four times slower than this one's. */
async function slow(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  const [down, up] = [1_600_000 / 8, 750_000 / 8]
  await client.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: down,
    uploadThroughput: up,
  })
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}

async function coldVisit(browser: Browser, url: string, prepare?: (page: Page) => Promise<void>): Promise<ColdVisit> {
  await using context = await browser.newContext(PHONE)
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  const documents = new Set<string>()
  let response = 0
  client.on('Network.requestWillBeSent', ({ requestId, type }) => type === 'Document' && documents.add(requestId))
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (documents.has(requestId)) response += encodedDataLength
  })
  const bodies = new Map<string, Promise<Buffer>>()
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'script') bodies.set(answer.url(), answer.body())
  })
  await prepare?.(page)
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForFunction(() => performance.getEntriesByName('playable').length > 0)
  await page.waitForLoadState('networkidle')
  const { blocking, shift, scripts } = await page.evaluate(inPage)
  let script = 0
  for (const url of scripts) {
    const body = await bodies.get(url)
    if (!body) throw new Error(`first-js: the page lists ${url}, which it never asked for`)
    script += gzipSync(body, { level: 9 }).length
  }
  return { response, script, blocking, shift }
}

interface Seen {
  blocking: number
  shift: number
  /** Scripts asked for before the page could be played. */
  scripts: string[]
}

/** Runs in the page: the figures that only it can tell. */
function inPage(): Promise<Seen> {
  const resources = performance.getEntriesByType('resource')
  const playable = performance.getEntriesByName('playable')[0]?.startTime ?? Number.POSITIVE_INFINITY
  const isBlocking = (entry: PerformanceEntry & { renderBlockingStatus?: string }) =>
    entry.renderBlockingStatus === 'blocking'
  const blocking = 1 + resources.filter(isBlocking).length
  const isScript = ({ name, startTime }: PerformanceEntry) => /\.m?js$/.test(name) && startTime <= playable
  const scripts = [...new Set(resources.filter(isScript).map(({ name }) => name))]
  const { promise, resolve } = Promise.withResolvers<Seen>()
  let shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  // What is buffered is told in a task of its own; pictures that were late still move things within this second.
  setTimeout(() => resolve({ blocking, shift, scripts }), 1000)
  return promise
}

/** Bytes that came down the line, for page and worker, before the second visit's first paint. */
async function secondVisit(browser: Browser, line: Line): Promise<number> {
  await using context = await browser.newContext(PHONE)
  const page = await context.newPage()
  await page.goto(line.url)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await quiet(line)
  // The page is left, not closed: a page that is being closed loses its phone's screen and fetches pictures for another.
  await page.goto('about:blank')
  await quiet(line)
  const before = line.received.length
  await page.goto(line.url)
  const painted = await page.evaluate(async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === 'first-paint') resolve(startTime)
    }).observe({ type: 'paint', buffered: true })
    return performance.timeOrigin + (await promise)
  })
  return line.received.slice(before).reduce((sum, { at, bytes }) => sum + (at <= painted ? bytes : 0), 0)
}

/** Waits until nothing has come down for two seconds: the worker stores what the page used after the page has it. */
async function quiet({ received }: Line): Promise<void> {
  const began = Date.now()
  while (Date.now() - Math.max(began, received.at(-1)?.at ?? 0) < 2000) await wait(100)
}

/** Time from the start of the process to its first answer, of the bundle and of the sources, in turn. */
async function bundleStart(say: (line: string) => void): Promise<Figure> {
  const ratios: number[] = []
  const bundled: number[] = []
  const unbundled: number[] = []
  for (let start = 1; start <= STARTS; start++) {
    bundled.push(await firstAnswer(BUILT))
    unbundled.push(await firstAnswer(SOURCE))
    ratios.push((bundled.at(-1) ?? 0) / (unbundled.at(-1) ?? 0))
    say(`start ${start} of ${STARTS}: ${bundled.at(-1)?.toFixed(0)} ms bundled, ${unbundled.at(-1)?.toFixed(0)} ms not`)
  }
  const figure = summarise({ name: 'bundle-start', unit: 'ratio', versus: 'node server/main.ts', values: ratios })
  const middle = (values: number[]) => median(values.toSorted((a, b) => a - b))
  return { ...figure, value: Number((middle(bundled) / middle(unbundled)).toPrecision(4)) }
}

async function firstAnswer(entry: string): Promise<number> {
  const began = performance.now()
  await using game = await startGame({ entry })
  const answer = await fetch(`${game.url}/health/ready`)
  if (!answer.ok) throw new Error(`${entry}: /health/ready answered ${answer.status}`)
  return performance.now() - began
}
