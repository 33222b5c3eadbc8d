import { expect, type Page } from '@playwright/test'
import { type Answer, type Handler, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  globalThis.events = []
  for (const name of ['before', 'optimistic', 'applied', 'failed', 'skew'])
    document.addEventListener('firstframe:' + name, (event) => events.push(name + (event.detail?.again ? ' again' : '')))
  document.addEventListener('firstframe:optimistic', ({ detail }) => {
    const coins = document.querySelector('#coins')
    if (!coins || detail.element?.getAttribute('data-cost') == null) return
    const before = coins.textContent
    coins.textContent = String(Number(before) - Number(detail.element.getAttribute('data-cost')))
    detail.undo(() => (coins.textContent = before))
  })
  globalThis.fragments = startFragments({ timeout: Number(new URL(location).searchParams.get('timeout') ?? 15_000) })
  document.documentElement.dataset.ready = ''
`)

/** Answers `/page.js`; everything else is the test's. */
const serve = (site: Site, handler: Handler) =>
  site.handle((asked) => (asked.path === '/page.js' ? script(start) : handler(asked)))

const links = '<a href="/village">Village</a> <a href="/market">Market</a> <a href="/slow">Slow</a>'

async function open(page: Page, site: Site, path = '/village') {
  await page.goto(site.url + path)
  await page.locator('html[data-ready]').waitFor()
}
/** Would be gone after a full load. */
const mark = (page: Page) => page.evaluate(() => (document.documentElement.dataset['mark'] = ''))
const isMarked = (page: Page) => page.locator('html[data-mark]').count()

test('a link fetches the parts, changes title and address, and moves focus to main', async ({ page, site }) => {
  serve(site, (asked) => pageOf(asked, { main: `<h1>At ${asked.path}</h1>${asked.path === '/village' ? links : ''}` }))
  await open(page, site)
  await mark(page)
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('At /market')
  await expect(page).toHaveURL(`${site.url}/market`)
  await expect(page).toHaveTitle('/market')
  expect(await isMarked(page)).toBe(1)
  expect(site.requests.at(-1)?.headers).toMatchObject({ fragment: 'hud, main, nav, notice', accept: 'text/html' })
  await expect(page.locator('#main')).toBeFocused()
})

test('focus stays on a link that survives the change', async ({ page, site }) => {
  serve(site, (asked) => pageOf(asked, { main: `<h1>At ${asked.path}</h1>`, nav: links }))
  await open(page, site)
  await page.focus('a:text("Market")')
  await page.keyboard.press('Enter')
  await expect(page.locator('h1')).toHaveText('At /market')
  await expect(page.locator('a:text("Market")')).toBeFocused()
})

test('modifiers, targets, downloads, data-full and anchors are left to the browser', async ({
  page,
  site,
  context,
}) => {
  const more =
    '<a href="/a" target="_blank">New</a> <a href="/full" data-full>Full</a> <a href="#far">Anchor</a><p id="far">'
  serve(site, (asked) => pageOf(asked, { main: `<h1>At ${asked.path}</h1>${links}${more}` }))
  await open(page, site)
  await mark(page)
  const tab = context.waitForEvent('page')
  await page.click('text=Market', { modifiers: ['Control'] })
  await (await tab).close()
  const other = context.waitForEvent('page')
  await page.click('text=New')
  await (await other).close()
  await page.click('text=Anchor')
  await expect(page).toHaveURL(/#far$/)
  expect(site.requests.filter(({ headers }) => headers['fragment'])).toHaveLength(0)
  await page.click('text=Full')
  await expect(page.locator('h1')).toHaveText('At /full')
  expect(await isMarked(page)).toBe(0)
})

const form = (extra = '') =>
  `<form method="post" action="/village" data-cost="5"><input type="hidden" name="key" value="from-server"><input name="who">
   <button name="action" value="buy">Buy</button><button name="action" value="sell">Sell</button></form>${extra}`

test('a form sends its fields, its submitter and a fresh key each time', async ({ page, site }) => {
  serve(site, (asked) => pageOf(asked, { main: form(), notice: asked.method === 'POST' ? 'Sold.' : '' }))
  await open(page, site)
  await page.fill('[name=who]', 'Ann & Bo')
  await page.click('text=Sell')
  await expect(page.locator('#notice')).toHaveText('Sold.')
  await page.click('text=Buy')
  await expect.poll(() => site.requests.filter(({ method }) => method === 'POST').length).toBe(2)
  const [sell, buy] = site.requests.filter(({ method }) => method === 'POST')
  expect(sell?.body.get('who')).toBe('Ann & Bo')
  expect(sell?.body.get('action')).toBe('sell')
  expect(sell?.headers['content-type']).toContain('application/x-www-form-urlencoded')
  expect(sell?.body.get('key')).toMatch(/^[\da-f]{32}$/)
  expect(sell?.headers['idempotency-key']).toBe(sell?.body.get('key'))
  expect(buy?.body.get('key')).not.toBe(sell?.body.get('key'))
  // What was sent is done: the field is empty again.
  expect(buy?.body.get('who')).toBe('')
})

test('what is being typed outlives an answer to something else', async ({ page, site }) => {
  let count = 0
  serve(site, (asked) => pageOf(asked, { hud: `<b>${++count}</b>`, main: form() }))
  await open(page, site)
  await page.locator('[name=who]').pressSequentially('half a na')
  await page.evaluate(() => fragments.refresh())
  await expect(page.locator('#hud')).toHaveText('2')
  await page.keyboard.type('me')
  await expect(page.locator('[name=who]')).toHaveValue('half a name')
  await expect(page.locator('[name=who]')).toBeFocused()
})

test('an address in Fragment-Location is pushed', async ({ page, site }) => {
  serve(site, (asked) =>
    pageOf(
      asked,
      { main: form() },
      asked.method === 'POST' ? { title: 'Hall', headers: { 'Fragment-Location': '/hall?a=1' } } : {},
    ),
  )
  await open(page, site)
  await page.click('text=Buy')
  await expect(page).toHaveURL(`${site.url}/hall?a=1`)
  await page.goBack()
  await expect(page).toHaveURL(`${site.url}/village`)
})

test('back shows the page from memory at once, scrolled as it was, then what the server says', async ({
  page,
  site,
}) => {
  let hold: Promise<void> | undefined
  let visits = 0
  serve(site, async (asked) => {
    if (asked.path === '/village' && ++visits > 1) await hold
    const rows = Array.from({ length: 200 }, (_, row) => `<p>${row}</p>`).join('')
    return pageOf(asked, { hud: `visit ${visits}`, main: `<h1>At ${asked.path}</h1><input id="typed">${rows}${links}` })
  })
  await open(page, site)
  await page.fill('#typed', 'kept')
  await page.evaluate(() => scrollTo(0, 1500))
  await page.evaluate(() => fragments.visit('/market'))
  await expect(page.locator('h1')).toHaveText('At /market')
  expect(await page.evaluate(() => scrollY)).toBe(0)
  const gate = Promise.withResolvers<void>()
  hold = gate.promise
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('At /village')
  expect(await page.evaluate(() => scrollY)).toBe(1500)
  await expect(page.locator('#typed')).toHaveValue('kept')
  await expect(page.locator('#hud')).toHaveText('visit 1')
  gate.resolve()
  await expect(page.locator('#hud')).toHaveText('visit 2')
  expect(await page.evaluate(() => scrollY)).toBe(1500)
  await page.goForward()
  await expect(page.locator('h1')).toHaveText('At /market')
})

test('the last read wins, the one before is aborted', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.path === '/slow') await gate.promise
    return pageOf(asked, { main: `<h1>At ${asked.path}</h1>${links}` })
  })
  await open(page, site)
  await page.click('text=Slow')
  await expect.poll(() => site.requests.some(({ path }) => path === '/slow')).toBe(true)
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('At /market')
  await expect.poll(() => site.requests.find(({ path }) => path === '/slow')?.aborted).toBe(true)
  gate.resolve()
  await expect(page.locator('h1')).toHaveText('At /market')
})

test('writes keep their order and are never aborted; what is expected of each stands until its answer', async ({
  page,
  site,
}) => {
  const gate = Promise.withResolvers<void>()
  let coins = 100
  serve(site, async (asked) => {
    if (asked.method === 'POST') {
      if (asked.body.get('action') === 'buy') await gate.promise
      coins -= 5
    }
    return pageOf(asked, { hud: `<b id="coins">${coins}</b>`, main: form() })
  })
  await open(page, site)
  await page.click('text=Buy')
  await page.click('text=Sell')
  await expect(page.locator('#coins')).toHaveText('90')
  expect(site.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  gate.resolve()
  await expect.poll(() => site.requests.filter(({ method }) => method === 'POST').length).toBe(2)
  await expect(page.locator('#coins')).toHaveText('90')
  const posts = site.requests.filter(({ method }) => method === 'POST')
  expect(posts.map(({ body }) => body.get('action'))).toEqual(['buy', 'sell'])
  expect(posts.some(({ aborted }) => aborted)).toBe(false)
  expect(await page.evaluate(() => events.filter((name) => name === 'optimistic again').length)).toBe(1)
})

test('a refusal is applied with its reason and takes the expected change back', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.method === 'POST') await gate.promise
    return asked.method === 'POST'
      ? pageOf(
          { ...asked, headers: { fragment: 'notice' } },
          { notice: 'That costs 5 and you have 3.' },
          { status: 422 },
        )
      : pageOf(asked, { hud: '<b id="coins">3</b>', main: form() })
  })
  await open(page, site)
  await page.click('text=Buy')
  await expect(page.locator('#coins')).toHaveText('-2')
  gate.resolve()
  await expect(page.locator('#notice')).toHaveText('That costs 5 and you have 3.')
  await expect(page.locator('#coins')).toHaveText('3')
})

test('a lost line is said in words, with a button that sends the same action again', async ({ page, site }) => {
  let cut = true
  serve(site, (asked) =>
    asked.method === 'POST' && cut
      ? { cut }
      : pageOf(asked, { hud: '<b id="coins">9</b>', main: form(), notice: asked.method === 'POST' ? 'Done.' : '' }),
  )
  await open(page, site)
  await page.click('text=Buy')
  await expect(page.locator('#notice')).toContainText('No connection')
  await expect(page.locator('#coins')).toHaveText('9')
  cut = false
  await page.click('text=Try again')
  await expect(page.locator('#notice')).toHaveText('Done.')
  const keys = new Set(site.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.get('key')))
  expect(keys.size).toBe(1)
})

test('a server that hangs counts as lost', async ({ page, site }) => {
  serve(site, async (asked) => {
    if (asked.path === '/slow') await new Promise((resolve) => setTimeout(resolve, 6000))
    return pageOf(asked, { main: links })
  })
  await open(page, site, '/village?timeout=1000')
  await page.click('text=Slow')
  await expect(page.locator('#notice')).toContainText('No connection')
})

test('an error page without our parts is said in words', async ({ page, site }) => {
  serve(site, (asked) =>
    asked.method === 'POST' ? { status: 502, body: '<h1>Bad gateway</h1>' } : pageOf(asked, { main: form() }),
  )
  await open(page, site)
  await page.click('text=Buy')
  await expect(page.locator('#notice')).toContainText('could not answer')
})

test('an answer that is no page is left to the browser', async ({ page, site }) => {
  serve(site, (asked): Answer =>
    asked.path === '/market' ? { type: 'text/plain', body: 'plain' } : pageOf(asked, { main: links }),
  )
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('body')).toHaveText('plain')
})

test('what was pressed is busy at once, main after a moment', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.method === 'POST') await gate.promise
    return pageOf(asked, { main: form() })
  })
  await open(page, site)
  const wasBusy = await page.evaluate(() => {
    const button = document.querySelector('button')
    button?.click()
    return [button?.hasAttribute('data-busy'), document.querySelector('main')?.hasAttribute('aria-busy')]
  })
  expect(wasBusy).toEqual([true, false])
  await expect(page.locator('main')).toHaveAttribute('aria-busy', 'true')
  gate.resolve()
  await expect(page.locator('main')).not.toHaveAttribute('aria-busy')
  await expect(page.locator('[data-busy]')).toHaveCount(0)
})

test('after an answer of another release the next link is a full load', async ({ page, site }) => {
  let release = 'r1'
  serve(site, (asked) => pageOf(asked, { main: `<h1>${release} ${asked.path}</h1>${links}` }, { release }))
  await open(page, site)
  await mark(page)
  release = 'r2'
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('r2 /market')
  expect(await isMarked(page)).toBe(1)
  await page.click('text=Village')
  await expect(page.locator('h1')).toHaveText('r2 /village')
  await expect.poll(() => isMarked(page)).toBe(0)
})

test('the validator goes along, and nothing is applied on 304', async ({ page, site }) => {
  let version = 1
  serve(site, (asked) => pageOf(asked, { main: `<h1>${version}</h1>${links}` }, { etag: `"${asked.path}${version}"` }))
  await open(page, site)
  await page.evaluate(() => fragments.refresh())
  await page.evaluate(() => fragments.refresh())
  expect(site.requests.at(-1)?.headers['if-none-match']).toBe('"/village1"')
  version = 2
  await page.evaluate(() => fragments.refresh())
  await expect(page.locator('h1')).toHaveText('2')
})

test('a place whose validator still holds is shown from memory, each time', async ({ page, site }) => {
  serve(site, (asked) =>
    pageOf(
      asked,
      { main: `<h1>${asked.path}</h1>${asked.path === '/market' ? '<p>Only here</p>' : ''}${links}` },
      { etag: `"${asked.path}"` },
    ),
  )
  await open(page, site)
  const goTo = async (name: string) => {
    await page.click(`text=${name}`)
    await expect(page.locator('h1')).toHaveText(`/${name.toLowerCase()}`)
  }
  await goTo('Market')
  await goTo('Village')
  await goTo('Market')
  expect(site.requests.at(-1)?.headers['if-none-match']).toBe('"/market"')
  // Nothing else can say what stood there now.
  site.handle(() => new Promise(() => {}))
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('/village')
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('/market')
  await expect(page.locator('p')).toHaveText('Only here')
})

test('an answer to a read asked before an action is asked for again', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  let coins = 10
  let reads = 0
  serve(site, async (asked) => {
    const seen = coins
    if (asked.method === 'POST') coins -= 5
    else if (asked.path === '/market' && ++reads === 1) await gate.promise
    return pageOf(asked, {
      hud: `<b id="coins">${asked.path === '/market' ? seen : coins}</b>`,
      main: `<h1>${asked.path}</h1>${form(links)}`,
    })
  })
  await open(page, site)
  await page.click('text=Market')
  await expect.poll(() => reads).toBe(1)
  await page.click('text=Buy')
  await expect(page.locator('#coins')).toHaveText('5')
  gate.resolve()
  await expect(page.locator('h1')).toHaveText('/market')
  await expect(page.locator('#coins')).toHaveText('5')
  expect(reads).toBe(2)
})

test('an action answered after its place was left says its words and shows its effect', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  let coins = 10
  serve(site, async (asked) => {
    if (asked.method === 'POST') {
      await gate.promise
      coins -= 5
    }
    return pageOf(asked, {
      hud: `<b id="coins">${coins}</b>`,
      main: `<h1>${asked.path}</h1>${form(links)}`,
      notice: asked.method === 'POST' ? 'Bought.' : '',
    })
  })
  await open(page, site)
  await page.click('text=Buy')
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market')
  gate.resolve()
  await expect(page.locator('#coins')).toHaveText('5')
  await expect(page.locator('h1')).toHaveText('/market')
})

test('stylesheets that the page lacks are there before the parts are', async ({ page, site }) => {
  serve(site, async (asked): Promise<Answer> => {
    if (asked.path === '/market.css') {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return { type: 'text/css', body: 'h1 { color: rgb(1, 2, 3) }' }
    }
    const answer = pageOf(asked, { main: `<h1>At ${asked.path}</h1>${links}` })
    return asked.path === '/market'
      ? { ...answer, body: `<link rel="stylesheet" href="/market.css">${String(answer.body)}` }
      : answer
  })
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('At /market')
  expect(await page.locator('h1').evaluate((h1) => getComputedStyle(h1).color)).toBe('rgb(1, 2, 3)')
})

test('a picture with the same address and elements with data-keep are not touched', async ({ page, site }) => {
  const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
  let count = 0
  serve(site, (asked) => ({
    ...pageOf(
      asked,
      { hud: String(++count), main: `<p class="c${count}"><img alt="" src="${pixel}"></p>` },
      { headers: { 'Content-Security-Policy': 'img-src data:' } },
    ),
  }))
  await open(page, site)
  await page.evaluate(() => {
    const img = document.querySelector('img')
    img?.setAttribute('data-shown', '')
    Object.assign(globalThis, { img })
    const coin = document.createElement('i')
    coin.setAttribute('data-keep', '')
    document.querySelector('main')?.append(coin)
    return fragments.refresh()
  })
  await expect(page.locator('.c2')).toHaveCount(1)
  expect(await page.evaluate(() => document.querySelector('img') === Reflect.get(globalThis, 'img'))).toBe(true)
  await expect(page.locator('img[data-shown]')).toHaveCount(1)
  await expect(page.locator('i[data-keep]')).toHaveCount(1)
})

declare const fragments: { visit: (url: string) => Promise<boolean>; refresh: () => Promise<boolean> }
declare const events: string[]
