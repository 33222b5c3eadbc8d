import { setTimeout as wait } from 'node:timers/promises'
import { expect } from '@playwright/test'
import { pageOf, pageScript, script, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  const fragments = startFragments()
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)

test('a write that waits for its answer outlives a full load', async ({ page, site }) => {
  const keys: string[] = []
  const held = Promise.withResolvers<undefined>()
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.method === 'POST' && keys.push(String(asked.headers['idempotency-key'])) === 1) return held.promise
    const main = `<h1>${asked.path}</h1><form method="post"><button name="a">One</button><button name="b">Two</button></form><a href="/market">Market</a>`
    return pageOf(asked, { main }, { release: asked.headers['fragment'] ? 'r2' : 'r1' })
  })
  await page.goto(`${site.url}/village`)
  await page.locator('html[data-ready]').waitFor()
  // The parts come from another release: the next link is a full load.
  await page.click('a[href="/market"]')
  await expect(page.locator('h1')).toHaveText('/market')
  await page.click('text=One')
  await page.click('text=Two')
  await expect.poll(() => keys.length).toBe(1)
  const loaded = page.waitForEvent('load')
  await page.click('a[href="/market"]')
  await loaded
  // The first again, by its key, and the second behind it.
  await expect.poll(() => [keys.length, new Set(keys).size], { timeout: 3000 }).toEqual([3, 2])
})

test('before there is an outbox, the writes behind one whose answer is none of ours are sent before the page is loaded again', async ({
  page,
  site,
}) => {
  const bare = await pageScript(`
    import { startFragments } from 'client/runtime/fragments.ts'
    startFragments()
    document.documentElement.dataset.ready = ''
  `)
  const held = Promise.withResolvers<undefined>()
  site.handle(async (asked) => {
    if (asked.path === '/page.js') return script(bare)
    if (asked.method === 'POST' && asked.body.has('a')) {
      await held.promise
      return { type: 'text/html', body: '<p>Somebody else</p>' }
    }
    // Long enough for a load that does not wait to cut it off.
    if (asked.method === 'POST') await wait(200)
    const main = `<h1>${asked.path}</h1><form method="post"><button name="a">One</button><button name="b">Two</button></form>`
    return pageOf(asked, { main })
  })
  await page.goto(`${site.url}/village`)
  await page.locator('html[data-ready]').waitFor()
  await page.click('text=One')
  await page.click('text=Two')
  const loaded = page.waitForEvent('load')
  held.resolve(undefined)
  await loaded
  const posts = site.requests.filter(({ method }) => method === 'POST')
  expect(posts.map(({ body, aborted }) => [[...body.keys()].join(), aborted])).toEqual([
    ['a', false],
    ['b', false],
  ])
})
