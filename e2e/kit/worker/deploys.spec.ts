import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { build } from 'vite'
import { pageOf, script, type Site, test, workerScript } from '../kit.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const PARTS = ['one', 'two', 'three', 'four', 'five']
const RELEASES = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']

interface Release {
  id: string
  entry: string
  files: Map<string, string>
  worker: string
}

/** A real build: an entry and five parts that are import()ed, all of which differ from release to release. */
async function buildRelease(id: string): Promise<Release> {
  const entry = `
    import { startFragments } from '/client/runtime/fragments.ts'
    import { registerWorker } from '/client/runtime/worker.ts'
    globalThis.loads = Number(sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1)
    const parts = { ${PARTS.map((name) => `${name}: () => import('part:${name}')`).join(', ')} }
    globalThis.part = async (name) => (await parts[name]()).default
    const worker = registerWorker('/worker.js', { onWaiting: () => { document.documentElement.dataset.waiting = ''; fragments.loadNext() } })
    const fragments = startFragments({ beforeLoad: () => worker.activate() })
    globalThis.look = async () => (await navigator.serviceWorker.getRegistration()).update()
  `
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'parts',
        resolveId: (name) =>
          name === 'deploys:entry' || name.startsWith('part:')
            ? `\0${name}`
            : name.startsWith('/client/')
              ? path.join(root, name)
              : undefined,
        load: (name) =>
          name === '\0deploys:entry'
            ? entry
            : name.startsWith('\0part:')
              ? `export default ${JSON.stringify(`${name.slice(6)} of ${id}`)}`
              : undefined,
      },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: 'deploys:entry' } },
  })
  const chunks = [result]
    .flat()
    .flatMap((part) => ('output' in part ? part.output : []))
    .flatMap((part) => (part.type === 'chunk' ? [part] : []))
  const shell = chunks.map(({ fileName, code }) => ({ file: fileName, bytes: code.length }))
  return {
    id,
    entry: chunks.find(({ isEntry }) => isEntry)?.fileName ?? '',
    files: new Map(chunks.map(({ fileName, code }) => [`/${fileName}`, code])),
    worker: await workerScript({ release: id, shell }),
  }
}

/** A host that keeps nothing of older releases. */
function deploy(site: Site, { id, entry, files, worker }: Release): void {
  site.handle((asked) => {
    if (asked.path === '/worker.js') return script(worker)
    const file = files.get(asked.path)
    if (file !== undefined) return script(file)
    if (!/^\/\w*$/.test(asked.path)) return undefined
    const main = `<h1>${id} ${asked.path}</h1><a href="/market">Market</a><a href="/hall">Hall</a><input aria-label="words" data-keep id="words">`
    return pageOf(asked, { main }, { release: id, src: `/${entry}` })
  })
}

async function part(page: Page, name: string): Promise<string> {
  // A document that was just loaded is there before its script has run.
  await page.waitForFunction(() => 'part' in globalThis)
  return page.evaluate((name) => (Reflect.get(globalThis, 'part') as (name: string) => Promise<string>)(name), name)
}
const look = (page: Page) => page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())

/** All that went wrong, and how often the page was loaded. */
function watch(page: Page) {
  const seen = { failures: [] as string[], loads: 0 }
  page.on('requestfailed', (request) => seen.failures.push(`${request.url()} ${request.failure()?.errorText}`))
  page.on(
    'response',
    (response) => response.status() >= 400 && seen.failures.push(`${response.url()} ${response.status()}`),
  )
  page.on('pageerror', (error) => seen.failures.push(String(error)))
  page.on('request', (request) => request.isNavigationRequest() && seen.loads++)
  return seen
}

test('five deploys pass over an open tab that then visits every lazy part: nothing fails, reloads or is lost', async ({
  page,
  site,
}) => {
  test.slow()
  const [first, ...rest] = await Promise.all(RELEASES.map(buildRelease))
  if (!first) throw new Error('no release')
  deploy(site, first)
  const seen = watch(page)
  await page.goto(`${site.url}/village`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.fill('#words', 'half a sen')
  for (const [at, release] of rest.entries()) {
    deploy(site, release)
    await look(page)
    await expect
      .poll(() =>
        page.evaluate(async () => (await caches.match('/?newest', { cacheName: 'firstframe-state' }))?.text()),
      )
      .toBe(release.id)
    const name = PARTS[at] ?? ''
    expect(await part(page, name)).toBe(`${name} of r1`)
  }
  await expect(page.locator('#words')).toHaveValue('half a sen')
  expect(seen).toEqual({ failures: [], loads: 1 })

  await page.click('text=Market')
  await expect(page.locator('html[data-release=r6] h1')).toHaveText('r6 /market')
  for (const name of PARTS) expect(await part(page, name)).toBe(`${name} of r6`)
  await page.click('text=Hall')
  await expect(page.locator('h1')).toHaveText('r6 /hall')
  expect(seen).toEqual({ failures: [], loads: 2 })
})

test('five deploys in a row, a place change and every lazy part after each: nothing fails, one load each', async ({
  page,
  site,
}) => {
  test.slow()
  const [first, ...rest] = await Promise.all(RELEASES.map(buildRelease))
  if (!first) throw new Error('no release')
  deploy(site, first)
  const seen = watch(page)
  await page.goto(`${site.url}/village`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  for (const [at, release] of rest.entries()) {
    deploy(site, release)
    await look(page)
    await expect(page.locator('html[data-waiting]')).toHaveCount(1)
    await page.click(at % 2 === 0 ? 'text=Market' : 'text=Hall')
    await expect(page.locator(`html[data-release=${release.id}]:not([data-waiting])`)).toHaveCount(1)
    for (const name of PARTS) expect(await part(page, name)).toBe(`${name} of ${release.id}`)
    expect(seen).toEqual({ failures: [], loads: at + 2 })
  }
})
