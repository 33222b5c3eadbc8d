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
