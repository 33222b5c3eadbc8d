import { expect, type Page } from '@playwright/test'
import { type Answer, type Asked, type Handler, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startLater } from 'client/runtime/later.ts'
  globalThis.fragments = startFragments({ timeout: Number(new URL(location).searchParams.get('timeout') ?? 15_000) })
  startLater(fragments)
  document.documentElement.dataset.ready = ''
`)

const serve = (site: Site, handler: Handler) =>
  site.handle((asked) => (asked.path === '/page.js' ? script(start) : handler(asked)))

const links = '<a href="/village">Village</a> <a href="/market">Market</a>'

async function open(page: Page, site: Site, path = '/village') {
  await page.goto(site.url + path)
  await page.locator('html[data-ready]').waitFor()
}
const partsOf = (site: Site) => site.requests.filter(({ headers }) => headers['fragment'])
const documentsOf = (site: Site) =>
  site.requests.filter(({ path, headers }) => path !== '/page.js' && !headers['fragment'])

/** An answer whose pieces come when the test says so. */
function streamOf(asked: Asked, pieces: AsyncIterable<string>): Answer {
  return { ...pageOf(asked, {}), headers: { ...pageOf(asked, {}).headers, 'Fragment-Late': 'main' }, pieces }
}

test('parts show as they come, in any order, and so does one that was not asked for', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  async function* pieces() {
    yield '<title>Market</title><body data-path="/market"><nav id="nav">new nav</nav><!----><aside id="aside">asi'
    yield 'de</aside><!----><main id="main">half of '
    await gate.promise
    yield 'main</main><!----><header id="hud">new hud</header><!---->'
  }
  serve(site, (asked) => {
    if (asked.headers['fragment']) return streamOf(asked, pieces())
    const answer = pageOf(asked, { hud: 'old hud', main: links, nav: 'old nav' })
    return { ...answer, body: `${String(answer.body)}<aside id="aside">old aside</aside>` }
  })
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('#nav')).toHaveText('new nav')
  await expect(page.locator('#aside')).toHaveText('aside')
  await expect(page).toHaveURL(`${site.url}/market`)
  await expect(page).toHaveTitle('Market')
  await expect(page.locator('#main')).toHaveText('Village Market')
  await expect(page.locator('#main')).toHaveAttribute('aria-busy', 'true')
  await expect(page.locator('#hud')).toHaveText('old hud')
  gate.resolve()
  await expect(page.locator('#main')).toHaveText('half of main')
  await expect(page.locator('#hud')).toHaveText('new hud')
  await expect(page.locator('#main')).not.toHaveAttribute('aria-busy')
})

test('an answer that is cut is said in words and leaves whole parts only', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  async function* pieces() {
    yield '<title>Market</title><body data-path="/market"><header id="hud">new hud</header><!----><main id="main">half of '
    await gate.promise
    throw new Error('cut')
  }
  serve(site, (asked) =>
    asked.headers['fragment'] ? streamOf(asked, pieces()) : pageOf(asked, { hud: 'old hud', main: links }),
  )
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('#hud')).toHaveText('new hud')
  gate.resolve()
  await expect(page.locator('#notice')).toContainText('No connection')
  await expect(page.locator('#main')).toHaveText('Village Market')
  await expect(page.locator('[data-busy],[aria-busy]')).toHaveCount(0)
})

test('what was typed outlives the full load that another release asks for, unless the server’s own value changed', async ({
  page,
  site,
}) => {
  let release = 'r1'
  const nav = () =>
    `<form action="/say" method="post"><input name="words"><input name="price" value="${release === 'r1' ? 5 : 7}">
     <input name="secret" type="password"><input type="checkbox" name="loud"><select name="to"><option>All<option>Ann</select></form>`
  serve(site, (asked) => pageOf(asked, { main: `<h1>${release} ${asked.path}</h1>${links}`, nav: nav() }, { release }))
  await open(page, site)
  await page.fill('[name=words]', 'half a sen')
  await page.fill('[name=price]', '6')
  await page.fill('[name=secret]', 'hush')
  await page.check('[name=loud]')
  await page.selectOption('[name=to]', 'Ann')
  release = 'r2'
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('r2 /market')
  const documents = documentsOf(site).length
  await page.click('text=Village')
  await expect(page.locator('html[data-release=r2][data-ready] h1')).toHaveText('r2 /village')
  expect(documentsOf(site)).toHaveLength(documents + 1)
  await expect(page.locator('[name=words]')).toHaveValue('half a sen')
  await expect(page.locator('[name=price]')).toHaveValue('7')
  await expect(page.locator('[name=secret]')).toHaveValue('')
  await expect(page.locator('[name=loud]')).toBeChecked()
  await expect(page.locator('[name=to]')).toHaveValue('Ann')
})

test('two releases behind one address: each load is one that was asked for', async ({ page, site }) => {
  let turn = 0
  serve(site, (asked) => pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` }, { release: `r${++turn % 2}` }))
  await open(page, site)
  for (const name of ['Market', 'Village', 'Market', 'Village']) {
    await page.click(`text=${name}`)
    await expect(page.locator('html[data-ready] h1')).toHaveText(`/${name.toLowerCase()}`)
  }
  // The first page and four taps.
  expect(site.requests.filter(({ path }) => path !== '/page.js')).toHaveLength(5)
})

const rich = (path: string) =>
  `<h1>${path}</h1>${links}<details><summary>More</summary>Open</details><input name="typed"><input type="checkbox" name="tick">
   <ol class="list" tabindex="0">${'<li>row</li>'.repeat(200)}</ol>`
const style: Answer = { type: 'text/css', body: '.list{height:100px;overflow:auto}' }
/** A place with something to type, tick, open and scroll. */
const serveRich = (site: Site) =>
  serve(site, (asked) =>
    asked.path === '/list.css'
      ? style
      : pageOf(
          asked,
          { main: asked.path === '/market' ? '<h1>/market</h1>' : rich(asked.path) },
          { head: '<link rel="stylesheet" href="/list.css">' },
        ),
  )

async function useAll(page: Page) {
  await page.click('summary')
  await page.check('[name=tick]')
  await page.locator('.list').evaluate(async (list) => {
    const seen = new Promise((resolve) => list.addEventListener('scroll', resolve, { once: true }))
    list.scrollTop = 700
    await seen
  })
  await page.fill('[name=typed]', 'kept')
  await page.evaluate(() => scrollTo(0, 60))
  await page.locator('[name=typed]').evaluate((field: HTMLInputElement) => field.setSelectionRange(1, 3))
}

async function expectAll(page: Page) {
  await expect(page.locator('[name=typed]')).toHaveValue('kept')
  await expect(page.locator('[name=tick]')).toBeChecked()
  await expect(page.locator('details')).toHaveAttribute('open')
  await expect.poll(() => page.locator('.list').evaluate((list) => list.scrollTop)).toBe(700)
  await expect(page.locator('[name=typed]')).toBeFocused()
  expect(
    await page
      .locator('[name=typed]')
      .evaluate(({ selectionStart, selectionEnd }: HTMLInputElement) => [selectionStart, selectionEnd]),
  ).toEqual([1, 3])
}

test('back puts back what was typed, ticked, opened, scrolled and focused', async ({ page, site }) => {
  serveRich(site)
  await open(page, site)
  await useAll(page)
  await page.evaluate(() => fragments.visit('/market'))
  await expect(page.locator('h1')).toHaveText('/market')
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('/village')
  await expectAll(page)
})

test('a reload puts all of it back, and back after a reload too', async ({ page, site }) => {
  serveRich(site)
  await open(page, site)
  await useAll(page)
  await page.reload()
  await page.locator('html[data-ready]').waitFor()
  await expectAll(page)
  await page.evaluate(() => fragments.visit('/market'))
  await expect(page.locator('h1')).toHaveText('/market')
  await page.reload()
  await page.locator('html[data-ready]').waitFor()
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('/village')
  await expectAll(page)
})

test('the title of a new place is said in a live region, and focus goes to autofocus', async ({ page, site }) => {
  serve(site, (asked) =>
    pageOf(asked, { main: `${links}<input id="first"><input id="second" autofocus>` }, { title: `At ${asked.path}` }),
  )
  await open(page, site)
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  await page.evaluate(() => fragments.visit('/market'))
  await expect(page.locator('#firstframe-said[role=status]')).toHaveText('At /market')
  await expect(page.locator('#second')).toBeFocused()
})

test('a refusal marks what was pressed and moves focus to the first wrong field', async ({ page, site }) => {
  const fields = (wrong: boolean) =>
    `<form method="post"><input name="a"><input name="b"${wrong ? ' aria-invalid="true"' : ''}><button>Send</button></form>${links}`
  serve(site, (asked) =>
    pageOf(asked, { main: fields(asked.method === 'POST') }, { status: asked.method === 'POST' ? 422 : 200 }),
  )
  await open(page, site)
  await page.click('text=Send')
  await expect(page.locator('[name=b]')).toBeFocused()
  await expect(page.locator('button[data-refused]')).toHaveText('Send')
  await page.click('text=Market')
  await expect(page.locator('[data-refused]')).toHaveCount(0)
})

test('a form with data-once that is sent twice is one action, other words are another', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.method === 'POST') await gate.promise
    return pageOf(asked, {
      main: '<form method="post" data-once><input type="hidden" name="key"><input name="words"><button>Say</button></form>',
      notice: asked.method === 'POST' ? `Said ${asked.body.get('words')}` : '',
    })
  })
  await open(page, site)
  await page.fill('[name=words]', 'one')
  await page.click('text=Say')
  await page.click('text=Say')
  await page.fill('[name=words]', 'two')
  await page.click('text=Say')
  gate.resolve()
  await expect(page.locator('#notice')).toHaveText('Said two')
  const said = site.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.get('words'))
  expect(said).toEqual(['one', 'two'])
})

test('the same read under way is sent once', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.path === '/market') await gate.promise
    return pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` })
  })
  await open(page, site)
  await page.click('text=Market')
  await page.click('text=Market')
  gate.resolve()
  await expect(page.locator('h1')).toHaveText('/market')
  expect(partsOf(site)).toHaveLength(1)
  expect(partsOf(site)[0]?.aborted).toBe(false)
})

test('parts that stand are told by their validators, and those left out of the answer stay', async ({ page, site }) => {
  serve(site, (asked) => {
    const hud = '<header id="hud" data-tag="h1">hud</header>'
    const main = `<main id="main" data-tag="m-${asked.path}"><h1>${asked.path}</h1>${links}</main>`
    const answer = pageOf(asked, {})
    const rest = '<nav id="nav"></nav><div id="notice" role="status"></div>'
    if (asked.headers['fragment-known'] === 'hud=h1,main=m-/village')
      return { ...answer, body: `<title>At</title><body data-path="${asked.path}">${main}` }
    if (asked.headers['fragment-known'])
      return { ...answer, body: `<title>Same</title><body data-path="${asked.path}">` }
    const top = String(answer.body).split('<body')[0] ?? ''
    return { ...answer, body: `${top}<body data-path="${asked.path}">${hud}${main}${rest}` }
  })
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market')
  await expect(page.locator('#hud')).toHaveText('hud')
  expect(await page.evaluate(() => fragments.refresh())).toBe(true)
  expect(partsOf(site).at(-1)?.headers['fragment-known']).toBe('hud=h1,main=m-/market')
  await expect(page).toHaveTitle('Same')
  await expect(page.locator('h1')).toHaveText('/market')
})

const failures: [what: string, answer: Answer | 'hangs', shows: string][] = [
  [
    '404 with parts',
    { status: 404, body: '<body data-path="/x"><main id="main">No such place</main>' },
    'No such place',
  ],
  ['500 with parts', { status: 500, body: '<body data-path="/x"><main id="main">It broke</main>' }, 'It broke'],
  ['502 of a proxy', { status: 502, body: '<h1>Bad gateway</h1>' }, 'could not answer'],
  ['what is no HTML', { status: 500, type: 'application/json', body: '{}' }, 'could not answer'],
  ['a cut connection', { cut: true }, 'No connection'],
  ['silence', 'hangs', 'No connection'],
]
for (const [what, answer, shows] of failures)
  test(`${what}: an action ends in words, and nothing stays busy`, async ({ page, site }) => {
    serve(site, async (asked) => {
      if (asked.method !== 'POST') return pageOf(asked, { main: '<form method="post"><button>Send</button></form>' })
      if (answer !== 'hangs') return answer
      return new Promise<never>(() => {})
    })
    await open(page, site, '/village?timeout=1000')
    await page.click('text=Send')
    await expect(
      page
        .locator('#main,#notice')
        .getByText(shows)
        .or(page.locator('#main', { hasText: shows }))
        .first(),
    ).toBeVisible()
    await expect(page.locator('[data-busy],[aria-busy]')).toHaveCount(0)
  })

declare const fragments: { visit: (url: string) => Promise<boolean>; refresh: () => Promise<boolean> }
