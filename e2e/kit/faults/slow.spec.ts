import { expect, type Page } from '@playwright/test'
import { createRandom, layFaultyLine } from '../../services/faults.ts'
import { sprite } from '../../games/paint.ts'
import { type Asked, pageOf, pageScript, script, type Site, test } from '../kit.ts'
import { arrive, isOurs, PLACES, press } from './host.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  loadImages(document, { retries: 8, retryAfter: 50 })
  globalThis.loadImages = loadImages
  const fragments = startFragments({ timeout: 4000 })
  document.addEventListener('firstframe:before', ({ detail }) => detail.method === 'POST' && told('pressed', detail.key))
  document.addEventListener('firstframe:failed', ({ detail }) => detail.method === 'POST' && told('failed', detail.key))
  for (const kind of ['error', 'unhandledrejection'])
    addEventListener(kind, ({ message, reason }) => told('error', message ?? String(reason)))
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)
/** Of about 5 KB: a tenth of a second of the line when a dozen share it. */
const picture = await sprite('icons/coin', 96)()
const PICTURES = 12
const STEPS = 80
const LIST = 40
/** 1.6 Mbps and 150 ms, what Lighthouse calls slow 4G. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }

/** Places full of pictures of their own, the first half on screen, and a form whose actions are counted by their keys. */
function serve(site: Site): Set<string> {
  const ledger = new Set<string>()
  const place = (asked: Asked) => {
    const pictures = Array.from(
      { length: PICTURES },
      (_, n) => `<img alt="" loading="lazy" width="96" height="96" src="/pic${asked.path}-${n}.png">`,
    ).join(' ')
    const main = `<h1>At ${asked.path}</h1><form method="post"><button>Add</button></form><p>${pictures}</p><p id="foot">foot of ${asked.path}</p>`
    const nav = PLACES.map((path) => `<a href="${path}">${path}</a> `).join('')
    return pageOf(asked, { hud: `<b id="count">${ledger.size}</b>`, main, nav })
  }
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path.startsWith('/pic/'))
      return { type: 'image/png', body: picture, headers: { 'Cache-Control': 'max-age=600' } }
    if (asked.method === 'POST') ledger.add(String(asked.headers['idempotency-key']))
    return place(asked)
  })
  return ledger
}

async function slowDown(page: Page) {
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  await client.send('Network.emulateNetworkConditions', SLOW_4G)
  await client.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}

// Three times what an idle machine takes.
test.setTimeout(180_000)

test.describe('slow 4G, a processor four times slower, and one request of three that fails, hangs, is cut, doubled or late', () => {
  test('places full of pictures: each action is done once or said not to be, each picture is shown', async ({
    page,
    site,
  }) => {
    const ledger = serve(site)
    let isWalking = true
    await using line = await layFaultyLine(site.url, {
      seed: 4,
      shares: { skew: 0.05 },
      touches: (asked) => isOurs(asked) && (isWalking || asked.url?.startsWith('/pic/') === true),
      patience: 3000,
    })
    const told: { kind: string; what: string }[] = []
    await page.exposeFunction('told', (kind: string, what: string) => void told.push({ kind, what }))
    await slowDown(page)
    await page.goto(`${line.url}/village`, { waitUntil: 'commit' })
    await arrive(page)

    const random = createRandom(4)
    for (let step = 0; step < STEPS; step++) {
      const selector = random() < 0.4 ? 'form button' : `a[href="${PLACES[Math.floor(random() * PLACES.length)]}"]`
      if (!(await press(page, selector))) await arrive(page)
    }
    // The last walk arrives; its pictures suffer as before.
    isWalking = false
    await arrive(page)
    // A load that an answer before it has asked for may swallow the press: a person presses again.
    await expect(async () => {
      await page.getByRole('link', { name: '/inn' }).click()
      await expect(page.locator('h1')).toHaveText('At /inn', { timeout: 15_000 })
    }).toPass({ timeout: 60_000 })
    // One that was another place's before keeps its mark while it changes: what counts is that it is there.
    const widths = () =>
      page.locator('img').evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth))
    await expect.poll(widths, { timeout: 60_000 }).toEqual(Array.from({ length: PICTURES }, () => 96))
    await expect(page.locator('img[data-shown]')).toHaveCount(PICTURES)

    const of = (kind: string) => told.filter((one) => one.kind === kind).map(({ what }) => what)
    const owed = () => {
      const said = new Set(of('failed'))
      return of('pressed').filter((key) => !ledger.has(key) && !said.has(key))
    }
    line.mend()
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect.poll(owed, { timeout: 60_000 }).toEqual([])
    expect([...ledger].filter((key) => !of('pressed').includes(key))).toEqual([])
    expect(new Set(of('pressed')).size).toBeGreaterThan(8)
    expect(of('error')).toEqual([])
    // All of it has happened, another release's answer too.
    expect(Object.entries(line.happened).filter(([, count]) => count === 0)).toEqual([])
  })

  test('a list comes whole, as bitmaps, and its progress never runs backwards', async ({ page, site }) => {
    serve(site)
    await using line = await layFaultyLine(site.url, { seed: 5, touches: ({ url }) => url?.includes('list') === true })
    await page.exposeFunction('told', () => {})
    await slowDown(page)
    await page.goto(`${line.url}/village`)
    await arrive(page)
    const { widths, reports } = await page.evaluate(
      async (urls) => {
        const reports: number[][] = []
        const progress = (...report: number[]) => void reports.push(report)
        const loaded = await loadImages(urls, { as: 'bitmap', retries: 8, retryAfter: 50, progress })
        return { widths: urls.map((url) => loaded.get(url)?.width), reports }
      },
      Array.from({ length: LIST }, (_, n) => `/pic/list-${n}.png`),
    )
    expect(widths).toEqual(Array.from({ length: LIST }, () => 96))
    const shares = reports.map(([loaded = 0, total = 0]) => loaded / total)
    expect(shares).toEqual(shares.toSorted((one, other) => one - other))
    expect(reports.at(-1)).toEqual([LIST * picture.length, LIST * picture.length])
    expect(Object.values(line.happened).reduce((sum, count) => sum + count)).toBeGreaterThan(5)
  })
})

declare global {
  var loadImages: (
    urls: string[],
    options: {
      as: 'bitmap'
      retries: number
      retryAfter: number
      progress: (...report: number[]) => void
    },
  ) => Promise<Map<string, ImageBitmap>>
}
