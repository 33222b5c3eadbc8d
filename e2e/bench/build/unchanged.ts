import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContext } from '@playwright/test'
import { GAMES, type GameName } from '../../games/art.ts'
import { createProject, FIRSTFRAME, type ProjectOptions } from '../../games/project.ts'
import { host } from '../../games/serve.ts'
import { layLine, SLOW, type Conditions, type Line } from '../../services/line.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { summarise, type Figure } from '../figure.ts'
import { PEERS } from './peers.ts'
import { serveStatic } from './static.ts'

const RUNS = 3

const SIDES = {
  plain: { added: null },
  peers: { added: PEERS, peers: true },
  ours: { added: FIRSTFRAME },
} satisfies Record<string, ProjectOptions>
type Side = keyof typeof SIDES

/** The games as they are served, by side. */
type Sites = Record<GameName, Record<Side, string>>

/** What the fixture games gain by the one line to adopt, their source untouched. */
export async function* unchangedFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  await using stack = new AsyncDisposableStack()
  const sites = await serveAll(stack, say)
  const browser = stack.use(await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS }))

  const times: number[] = []
  for (let run = 1; run <= RUNS; run++)
    for (const game of GAMES) {
      // The other one goes first the next time.
      const order: Side[] = run % 2 === 0 ? ['ours', 'peers'] : ['peers', 'ours']
      const seconds: Partial<Record<Side, number>> = {}
      for (const side of order) seconds[side] = await untilPlaying(browser, sites[game][side], SLOW)
      const { ours = Number.NaN, peers = Number.NaN } = seconds
      times.push(ours / peers)
      say(`${game} ${run} of ${RUNS}: playing after ${ours.toFixed(2)} s, peers ${peers.toFixed(2)} s`)
    }
  yield summarise({
    name: 'unchanged-source',
    unit: 'ratio',
    versus:
      'vite-plugin-pwa 2.0.0 + vite-plugin-image-optimizer 2.0.3 + vite-plugin-compression2 2.5.3, seconds until playing, three games at 1.6 Mbps and 150 ms',
    values: times,
  })
  const bytes: number[] = []
  for (const game of GAMES) {
    const plain = await visits(browser, sites[game].plain)
    const peers = await visits(browser, sites[game].peers)
    const ours = await visits(browser, sites[game].ours)
    bytes.push(ours.first / plain.first)
    for (const [side, { first, second }] of Object.entries({ plain, peers, ours }))
      say(`${game}, ${side}: ${kilo(first)} at the first visit, ${kilo(second)} at the second`)
  }
  yield summarise({
    name: 'unchanged-wire',
    unit: 'ratio',
    versus: "no plugin, bytes of a first visit until idle, service worker's included, three games",
    values: bytes,
  })
}

const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`

/** Builds every game for every side and serves it: ours by `firstframe serve`, the others by a static host. */
async function serveAll(stack: AsyncDisposableStack, say: (line: string) => void): Promise<Sites> {
  const serve = async (game: GameName, side: Side): Promise<string> => {
    const project = stack.use(await createProject(game, SIDES[side]))
    const began = performance.now()
    await project.build()
    say(`built ${game}, ${side}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const { dist, base } = project
    return stack.use(side === 'ours' ? await host(dist, base) : await serveStatic(dist, base)).url
  }
  const sites: Partial<Sites> = {}
  for (const game of GAMES)
    sites[game] = {
      plain: await serve(game, 'plain'),
      peers: await serve(game, 'peers'),
      ours: await serve(game, 'ours'),
    }
  return sites as Sites
}

/** Seconds from the navigation's start to the first scene, in a browser that has never been there. */
async function untilPlaying(browser: Browser, url: string, conditions: Conditions): Promise<number> {
  await using context = await browser.newContext()
  await using line = await layLine(url, conditions)
  return await play(context, line, url)
}

/** Bytes that come down at the first visit and at the second one, each until nothing comes any more. */
async function visits(browser: Browser, url: string): Promise<{ first: number; second: number }> {
  await using context = await browser.newContext()
  await using line = await layLine(url)
  await play(context, line, url)
  const first = await quiet(line)
  await play(context, line, url)
  return { first, second: (await quiet(line)) - first }
}

async function play(context: BrowserContext, line: Line, url: string): Promise<number> {
  for (const page of context.pages()) await page.close()
  const page = await context.newPage()
  await page.goto(line.url + new URL(url).pathname, { waitUntil: 'commit' })
  await page.waitForFunction(() => 'playing' in globalThis, undefined, { timeout: 120_000 })
  const { seconds, broken } = await page.evaluate(() => ({
    seconds: (performance.getEntriesByName('playing')[0]?.startTime ?? Number.NaN) / 1000,
    broken: document.querySelector<HTMLElement>('#stage')?.dataset['broken'],
  }))
  if (broken !== '0') throw new Error(`${url}: expected a scene with all its pictures, ${broken} are missing`)
  return seconds
}

/** Waits until nothing has come down for two seconds. @returns all that has. */
async function quiet({ received }: Line): Promise<number> {
  const began = Date.now()
  while (Date.now() - Math.max(began, received.at(-1)?.at ?? 0) < 2000) await wait(100)
  return received.reduce((sum, { bytes }) => sum + bytes, 0)
}
