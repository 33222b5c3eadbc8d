import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
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
  await using ahead = await startBenchSite(rows, { latency: 50, isAhead: true })
  const paints = eachSide()
  const meant = eachSide()
  const cases = new Map(CASES.map((name) => [name, eachSide()]))
  const pages = new Map<Side, Driver>()
  for (const side of SIDES) pages.set(side, await drive(browser, site, side))
  for (let round = 1; round <= ROUNDS; round++) {
    say(`rows, round ${round} of ${ROUNDS}`)
    for (const name of CASES)
      for (const [side, driver] of pages) {
        await driver.visit(`?case=${name}&n=${round}&before=1`)
        const { apply } = await driver.visit(`?case=${name}&n=${round}`)
        if (round > 1) cases.get(name)?.get(side)?.push(apply)
      }
  }
  for (const { session } of pages.values()) await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  for (let round = 1; round <= 2 * ROUNDS; round++) {
    say(`click to paint, round ${round} of ${2 * ROUNDS}`)
    for (const [side, driver] of pages) paints.get(side)?.push((await driver.visit(`?case=place&n=${round}`)).beyond)
  }
  for (const { page } of pages.values()) await page.close()
  pages.clear()
  for (const side of SIDES) pages.set(side, await drive(browser, ahead, side))
  for (const { session } of pages.values()) await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  for (let round = 1; round <= 2 * ROUNDS; round++) {
    say(`pointer to paint, round ${round} of ${2 * ROUNDS}`)
    for (const [side, driver] of pages) {
      const { beyond } = await driver.visit(`?case=place&n=${round}`, { isPointer: true })
      if (round > 1) meant.get(side)?.push(beyond)
    }
  }
  for (const { page } of pages.values()) await page.close()

  const paint = against(paints)
  yield summarise({ name: 'click-to-paint', unit: 'ratio', ...paint })
  yield summarise({ name: 'pointer-to-paint', unit: 'ratio', ...against(meant) })
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

const eachSide = () => new Map<Side, number[]>(SIDES.map((side) => [side, []]))

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

/** Ms that a hand rests on a link before it presses, and that it presses. */
const REST = 200
const PRESS = 60

interface Driver {
  page: Page
  session: CDPSession
  /**
   * Follows a link of its side, by script or with a pointer that comes, rests and presses. Ms: from the answer's last byte until its parts are laid out, and from
   * the click to the paint without requests and answers after it.
   */
  visit(query: string, how?: { isPointer: boolean }): Promise<Landing>
}
interface Landing {
  apply: number
  beyond: number
}

async function drive(browser: Browser, site: BenchSite, side: Side): Promise<Driver> {
  const page = await browser.newPage()
  const session = await page.context().newCDPSession(page)
  await page.goto(`${site.url}/${side}?case=place&n=0`, { waitUntil: 'load' })
  return {
    page,
    session,
    async visit(query, { isPointer } = { isPointer: false }) {
      await page.evaluate(aim, `/${side}${query}`)
      const landing = page.evaluate(land, !isPointer)
      if (isPointer) {
        await page.hover('#go')
        await wait(REST)
        await page.mouse.down()
        await wait(PRESS)
        await page.mouse.up()
        await page.mouse.move(300, 300)
      }
      return await landing
    },
  }
}

/** In the page: gives the link its address, and lets everything before come to rest. */
async function aim(address: string): Promise<void> {
  const link = document.getElementById('go')
  for (const name of ['href', 'hx-get']) if (link?.hasAttribute(name)) link.setAttribute(name, address)
  performance.clearResourceTimings()
  // A page whose pointer was just moved may not call itself idle for long.
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }))
}

/** In the page: waits for the click, or makes it, and for what comes of it. */
function land(isClicked: boolean): Promise<Landing> {
  const { promise, resolve } = Promise.withResolvers<Landing>()
  const page = globalThis as typeof globalThis & { onLanded?: () => void }
  let start = 0
  addEventListener('click', ({ timeStamp }) => (start = timeStamp), { capture: true, once: true })
  page.onLanded = () => {
    delete page.onLanded
    // Some have laid out the page by now, for its scroll or its focus: then this costs nothing.
    document.documentElement.getBoundingClientRect()
    const laidOut = performance.now()
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      // A message posted from a frame is heard when that frame has been painted.
      port1.addEventListener('message', () => {
        const end = performance.now()
        const asked = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
          ({ initiatorType }) => initiatorType === 'fetch',
        )
        const trip = asked
          .filter(({ startTime }) => startTime >= start)
          .reduce((sum, { requestStart, responseEnd }) => sum + responseEnd - requestStart, 0)
        resolve({
          apply: laidOut - Math.max(start, ...asked.map(({ responseEnd }) => responseEnd)),
          beyond: end - start - trip,
        })
      })
      port1.start()
      port2.postMessage(0)
    })
  }
  if (isClicked) document.getElementById('go')?.click()
  return promise
}
