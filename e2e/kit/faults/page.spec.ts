import { expect } from '@playwright/test'
import { createRandom, layFaultyLine } from '../../services/faults.ts'
import { type Asked, pageOf, pageScript, script, type Site, test } from '../kit.ts'
import { arrive, isOurs, PLACES, press } from './host.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  loadImages(document, { retries: 6, retryAfter: 50 })
  const tell = (kind) => (event) => {
    const { method = '', key = '', reason = '', status = 0 } = event.detail ?? {}
    told(kind, method, key, reason || event.message || String(event.reason ?? ''), status)
  }
  for (const kind of ['before', 'applied', 'failed']) document.addEventListener('firstframe:' + kind, tell(kind))
  for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, tell(kind))
  document.addEventListener('firstframe:optimistic', ({ detail }) => {
    const count = document.querySelector('#count')
    const before = count.textContent
    count.textContent = String(Number(before) + 1)
    detail.undo(() => (count.textContent = before))
  })
  const fragments = startFragments({ timeout: 700 })
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30"/></svg>'

/** What the page told: an event, its method and key. */
interface Told {
  kind: string
  method: string
  key: string
  reason: string
  status: number
}

/** A counter that each action adds one to, by its key; every place counts the same. */
function serve(site: Site) {
  /** Keys in the order in which they were applied. */
  const ledger = new Set<string>()
  const place = (asked: Asked) => {
    const links = PLACES.map((path) => `<a href="${path}">${path}</a> `).join('')
    const pictures = [1, 2, 3].map((n) => `<img alt="" width="40" height="30" src="${asked.path}-${n}.svg">`).join('')
    const main = `<h1>At ${asked.path}</h1><form method="post"><button>Add</button></form>${pictures}<p id="foot">foot of ${asked.path}</p>`
    return pageOf(asked, {
      hud: `<b id="count">${ledger.size}</b>`,
      main,
      nav: links,
      notice: asked.method === 'POST' ? 'Added.' : '',
    })
  }
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path.endsWith('.svg'))
      return { type: 'image/svg+xml', body: PICTURE, headers: { 'Cache-Control': 'no-store' } }
    if (asked.method === 'POST') ledger.add(String(asked.headers['idempotency-key']))
    return place(asked)
  })
  return ledger
}

// Four times what an idle machine takes.
test.setTimeout(120_000)

for (const { seed, slow } of [{ seed: 1 }, { seed: 2 }, { seed: 3, slow: true }])
  test(`hundreds of actions and place changes over a line that fails come out right: plan ${seed}${slow ? ', slow processor' : ''}`, async ({
    page,
    site,
  }) => {
    const ledger = serve(site)
    await using line = await layFaultyLine(site.url, { seed, touches: isOurs })
    const told: Told[] = []
    let loads = 0
    await page.exposeFunction('told', (kind: string, method: string, key: string, reason: string, status: number) => {
      told.push({ kind, method, key, reason, status })
    })
    page.on('domcontentloaded', () => loads++)
    if (slow) await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await page.goto(`${line.url}/village`, { waitUntil: 'commit' })
    await arrive(page)

    const random = createRandom(seed)
    for (let step = 0; step < (slow ? 100 : 200); step++) {
      const selector = random() < 0.5 ? 'form button' : `a[href="${PLACES[Math.floor(random() * PLACES.length)]}"]`
      if (!(await press(page, selector))) await arrive(page)
    }
    line.mend()
    await arrive(page)
    await page.evaluate(() => dispatchEvent(new Event('online')))

    const keysOf = (kind: string) =>
      told.filter((one) => one.kind === kind && one.method === 'POST').map(({ key }) => key)
    await expect(page.locator('[data-busy], [aria-busy]')).toHaveCount(0)
    const pressed = [...new Set(keysOf('before'))]
    const refused = new Set(keysOf('failed'))
    const owed = () => pressed.filter((key) => !ledger.has(key) && !refused.has(key))
    await expect.poll(owed, { timeout: 20_000 }).toEqual([])
    expect([...ledger].filter((key) => !pressed.includes(key))).toEqual([])
    expect(pressed.length).toBeGreaterThan(slow ? 30 : 60)

    // The page shows what is true, whole.
    await page.getByRole('link', { name: '/inn' }).click()
    await expect(page.locator('h1')).toHaveText('At /inn')
    await expect(page.locator('#foot')).toHaveText('foot of /inn')
    await expect(page.locator('#count')).toHaveText(String(ledger.size))
    await expect(page.locator('img[data-shown]')).toHaveCount(3)
    await expect(page.locator('[data-busy], [aria-busy]')).toHaveCount(0)
    expect(told.filter(({ kind }) => kind === 'error' || kind === 'unhandledrejection')).toEqual([])
    // Each load has its reason: an answer of another release or none with our parts in it, and those that failed themselves.
    const { skew, error, refused: reset, lost, hang, half } = line.happened
    expect(loads).toBeLessThanOrEqual(1 + skew + error + reset + lost + hang + half)
  })
