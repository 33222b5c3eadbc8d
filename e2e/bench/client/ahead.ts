import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, chromium } from '@playwright/test'
import { startGame } from '../../services/game.ts'
import { layLine, SLOW } from '../../services/line.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { type Figure, summarise } from '../figure.ts'

const ROUNDS = 7
/** How long the pointer rests on the link before it is pressed: a person's slow aim. Ms. */
const REST = 1000

/** A full load of the game on slow 4G that its rules have fetched ahead, against the same without rules. */
export async function* aheadFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  await using game = await startGame()
  await using line = await layLine(game.url, SLOW)
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const values: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const ruled = await fullLoad(browser, line.url, true)
    const plain = await fullLoad(browser, line.url, false)
    say(`full load ${round} of ${ROUNDS}: ${Math.round(ruled)} ms, without rules ${Math.round(plain)} ms`)
    values.push(ruled / plain)
  }
  yield summarise({
    name: 'full-load-ahead',
    unit: 'ratio',
    versus: 'the same full load without rules, slow 4G',
    values,
  })
}

/** From the click until the next page stands, ms. Without scripts, so that every link is one. */
async function fullLoad(browser: Browser, url: string, ruled: boolean): Promise<number> {
  await using context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 1440, height: 900 },
    // To who saves data no rules are sent.
    ...(!ruled && { extraHTTPHeaders: { 'Save-Data': 'on' } }),
  })
  const page = await context.newPage()
  await page.goto(`${url}/missions`, { waitUntil: 'networkidle' })
  const link = page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Market' })
  await link.hover()
  await wait(REST)
  const clicked = performance.now()
  await Promise.all([
    page.waitForURL('**/market', { waitUntil: 'domcontentloaded' }),
    link.click({ noWaitAfter: true }),
  ])
  return performance.now() - clicked
}
