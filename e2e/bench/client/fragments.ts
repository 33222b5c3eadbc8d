import path from 'node:path'
import { type Browser, chromium, type CDPSession, type Page } from '@playwright/test'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { type Figure, median, summarise } from '../figure.ts'
import { bytesFigure, weigh } from './bytes.ts'
import { blankFrames } from './fragmentsBlank.ts'
import { type BenchSite, type Side, SIDES, startBenchSite } from './fragmentsSite.ts'

const ROUNDS = 9

/** Parts of a page against htmx and Turbo, each replacing and morphing: same markup, same server, same line, in turns. */
export async function* fragmentFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  const own = await bytesFigure(
    'fragments-bytes',
    "import { startFragments } from '/client/runtime/fragments.ts'; startFragments()",
  )
  const [htmx, turbo] = await Promise.all(
    ['htmx.org/dist/htmx.esm.js', '@hotwired/turbo/dist/turbo.es2017-esm.js'].map(weightOf),
  )
  yield { ...own, versus: `${own.versus}; htmx 4.0.1 ${htmx}, Turbo 8.0.23 ${turbo}` }

  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  await using site = await startBenchSite(rows)
  const paints = new Map<Side, number[]>(SIDES.map((side) => [side, []]))
  const cases = new Map(CASES.map((name) => [name, new Map<Side, number[]>(SIDES.map((side) => [side, []]))]))
  const pages = new Map<Side, Driver>()
  for (const side of SIDES) pages.set(side, await drive(browser, site, side))
  for (let round = 1; round <= ROUNDS; round++) {
    say(`rows, round ${round} of ${ROUNDS}`)
    for (const name of CASES)
      for (const [side, driver] of pages) {
        await driver.visit(`?case=${name}&n=${round}&before=1`)
        const { task } = await driver.visit(`?case=${name}&n=${round}`)
        if (round > 1) cases.get(name)?.get(side)?.push(task)
      }
  }
  for (const { session } of pages.values()) await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  for (let round = 1; round <= 2 * ROUNDS; round++) {
    say(`click to paint, round ${round} of ${2 * ROUNDS}`)
    for (const [side, driver] of pages) paints.get(side)?.push((await driver.visit(`?case=place&n=${round}`)).beyond)
  }
  for (const { page } of pages.values()) await page.close()

  const paint = against(paints)
  yield summarise({ name: 'click-to-paint', unit: 'ratio', ...paint })
  const perCase = CASES.map((name) => {
    const { versus, values } = against(cases.get(name) ?? new Map<Side, number[]>())
    return { versus: `${name}: ${versus}`, values }
  })
  yield summarise({
    name: 'apply-rows',
    unit: 'ratio',
    versus: perCase.map(({ versus }) => versus).join('; '),
    values: perCase.map(({ values }) => median(values.toSorted((a, b) => a - b))),
  })
  yield await blankFrames(browser, say)
}

/** A peer's bytes, built as ours are. */
async function weightOf(file: string): Promise<number> {
  const { first } = await weigh(
    `import * as peer from ${JSON.stringify(path.join(import.meta.dirname, '../node_modules', file))}; globalThis.peer = peer`,
  )
  return first
}

/** Ours round by round against the side that is better in the median. */
function against(sides: Map<Side, number[]>): { versus: string; values: number[] } {
  const middles = new Map([...sides].map(([side, values]) => [side, median(values.toSorted((a, b) => a - b))]))
  const [best] = [...middles].filter(([side]) => side !== 'ours').toSorted((a, b) => a[1] - b[1])
  if (!best) throw new RangeError('no peer was measured')
  const words = [...middles].map(([side, middle]) => `${side} ${middle.toFixed(1)}`).join(', ')
  return {
    versus: `${best[0]} (ms: ${words})`,
    values: (sides.get('ours') ?? []).map((own) => own / best[1]),
  }
}

const CASES = ['few', 'top', 'all'] as const
const COUNT = 200

/** `few`: five rows say something else; `top`: five come in at the top; `all`: each says something else; `place`: 30 other rows. */
function rows(fields: URLSearchParams): string {
  const name = fields.get('case') ?? ''
  const isBefore = fields.has('before')
  const n = Number(fields.get('n') ?? 0)
  const row = (id: string, power: number) =>
    `<li id="r${id}" class="row"><a href="/hero/${id}"><b>Hero ${id}</b></a> <span class="power">${power}</span> <button name="hero" value="${id}">Train</button></li>\n`
  const list: string[] = []
  if (name === 'place') for (let at = 0; at < 30; at++) list.push(row(`${n}-${at}`, at))
  else {
    if (name === 'top' && !isBefore) for (let at = 0; at < 5; at++) list.push(row(`new${n}-${at}`, at))
    for (let at = 0; at < COUNT; at++) {
      const isOther = !isBefore && (name === 'all' || (name === 'few' && at % 40 === 7))
      list.push(row(String(at), isOther ? at + 1000 * n : at))
    }
  }
  return `<h1>${name} ${n}</h1><ul>${list.join('')}</ul>`
}

interface Driver {
  page: Page
  session: CDPSession
  /** Follows a link of its side. Ms: the main thread's time, and from the click to the paint without request and answer. */
  visit(query: string): Promise<{ task: number; beyond: number }>
}

async function drive(browser: Browser, site: BenchSite, side: Side): Promise<Driver> {
  const page = await browser.newPage()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.goto(`${site.url}/${side}?case=place&n=0`, { waitUntil: 'load' })
  const taskTime = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
  }
  return {
    page,
    session,
    async visit(query) {
      await page.evaluate(aim, `/${side}${query}`)
      const before = await taskTime()
      const beyond = await page.evaluate(click)
      return { beyond, task: (await taskTime()) - before }
    },
  }
}

/** In the page: gives the link its address, and lets everything before come to rest. */
async function aim(address: string): Promise<void> {
  const link = document.getElementById('go')
  for (const name of ['href', 'hx-get']) if (link?.hasAttribute(name)) link.setAttribute(name, address)
  performance.clearResourceTimings()
  await new Promise((resolve) => requestIdleCallback(resolve))
}

/** In the page: from the click to the paint, ms, less what request and answer took. */
function click(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const page = globalThis as typeof globalThis & { onLanded?: () => void }
  const start = performance.now()
  page.onLanded = () => {
    delete page.onLanded
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      // A message posted from a frame is heard when that frame has been painted.
      port1.addEventListener('message', () => {
        const end = performance.now()
        const requests = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
          ({ initiatorType }) => initiatorType === 'fetch',
        )
        const trip = requests.reduce((sum, { requestStart, responseEnd }) => sum + responseEnd - requestStart, 0)
        resolve(end - start - trip)
      })
      port1.start()
      port2.postMessage(0)
    })
  }
  document.getElementById('go')?.click()
  return promise
}
