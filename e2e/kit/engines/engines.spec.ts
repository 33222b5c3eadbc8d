import { expect } from '@playwright/test'
import type { Beacon } from '../../../server/wire/beacon.ts'
import { type Asked, pageOf, pageScript, script, type Site, test as base, workerScript } from '../kit.ts'
import { OTHERS, type Other, startEngine } from './engine.ts'
import type { Engine, Tab } from './tab.ts'

/** A browser for all tests of a worker, a tab for each. */
const test = base.extend<{ tab: Tab }, { engines: Map<Other, Engine> }>({
  engines: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
    async ({}, use) => {
      const engines = new Map<Other, Engine>()
      await use(engines)
      for (const engine of engines.values()) await engine[Symbol.asyncDispose]()
    },
    { scope: 'worker' },
  ],
})

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { startLive } from 'client/runtime/live.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  import { startVitals } from 'client/runtime/vitals.ts'
  import { registerWorker } from 'client/runtime/worker.ts'
  globalThis.trouble = []
  addEventListener('error', ({ message }) => trouble.push(message))
  addEventListener('unhandledrejection', ({ reason }) => trouble.push(String(reason)))
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => trouble.push(violatedDirective + ' ' + blockedURI))
  globalThis.heard = []
  document.addEventListener('firstframe:live', ({ detail }) => heard.push(detail.data))
  registerWorker('/worker.js')
  startVitals()
  loadImages(document, { retryAfter: 50 })
  startLive('/live', { events: ['news'] })
  const fragments = startFragments()
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)
const worker = await workerScript({ release: 'r1', shell: [{ file: 'assets/page-1.js', bytes: 10 }] })
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60"/></svg>'

/** Two places, a form whose actions are written into a ledger by their keys, a stream, pictures. */
function serve(site: Site) {
  const ledger = new Map<string, string>()
  site.handle((asked) => {
    switch (asked.path) {
      case '/assets/page-1.js':
        return { ...script(start), headers: { 'Cache-Control': 'max-age=31536000, immutable' } }
      case '/worker.js':
        return script(worker)
      case '/live':
        return { type: 'text/event-stream', body: `retry: 60000\nid: 7\nevent: news\ndata: wolves\n\n` }
      case '/track/beacon':
        return { status: 204 }
      case '/shown.svg':
        return { type: 'image/svg+xml', body: PICTURE }
      case '/broken.svg':
        return { status: 404 }
      default:
        if (asked.method === 'POST') ledger.set(String(asked.headers['idempotency-key']), asked.body.get('word') ?? '')
        return place(asked, [...ledger.values()])
    }
  })
  return ledger
}

function place(asked: Asked, words: string[]) {
  const links = '<a id="market" href="/market">Market</a> <a id="inn" href="/inn">Inn</a>'
  const form = `<form method="post"><input id="word" name="word"><button id="say">Say</button></form>`
  const list = `<ul id="said">${words.map((word) => `<li>${word}</li>`).join('')}</ul>`
  const pictures =
    '<img id="shown" alt="" width="80" height="60" src="/shown.svg"><img id="broken" alt="gone" width="80" height="60" loading="lazy" src="/broken.svg">'
  const main = `<h1>At ${asked.path}</h1>${links}${form}${list}${pictures}${'<p>tall</p>'.repeat(80)}<a id="foot" href="/inn">Inn</a>`
  return pageOf(asked, { main, notice: asked.method === 'POST' ? 'Done.' : '' }, { src: '/assets/page-1.js' })
}

const text = (tab: Tab, selector: string) =>
  tab.read<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`)
const has = (tab: Tab, selector: string) =>
  tab.read<boolean>(`document.querySelector(${JSON.stringify(selector)}) !== null`)
const beacons = (site: Site) =>
  site.requests.filter(({ path }) => path === '/track/beacon').map((sent) => JSON.parse(sent.text) as Beacon)

async function open(tab: Tab, url: string) {
  await tab.go(url)
  await expect.poll(() => has(tab, 'html[data-ready]')).toBe(true)
}

for (const name of OTHERS)
  test.describe(name, () => {
    test.describe.configure({ mode: 'default' })
    const running = async (engines: Map<Other, Engine>) => {
      const engine = engines.get(name) ?? (await startEngine(name))
      engines.set(name, engine)
      return engine
    }
    test.use({
      tab: async ({ engines }, use) => {
        const tab = await (await running(engines)).open()
        await tab.go('about:blank')
        await use(tab)
        await tab.close()
      },
    })

    test('a link fetches the parts; back and forward restore page and scroll', async ({ tab, site }) => {
      serve(site)
      await open(tab, `${site.url}/village`)
      await tab.read('void (window.same = true, document.querySelector("#foot").scrollIntoView())')
      const scrolled = await tab.read<number>('scrollY')
      expect(scrolled).toBeGreaterThan(900)
      await tab.click('#foot')
      await expect.poll(() => text(tab, 'h1')).toBe('At /inn')
      expect(await tab.read('[location.pathname, document.title, scrollY]')).toEqual(['/inn', '/inn', 0])
      await tab.back()
      await expect.poll(() => text(tab, 'h1')).toBe('At /village')
      await expect.poll(() => tab.read('[location.pathname, scrollY]')).toEqual(['/village', scrolled])
      await tab.read('void history.forward()')
      await expect.poll(() => text(tab, 'h1')).toBe('At /inn')
      expect(await tab.read('[window.same, trouble]')).toEqual([true, []])
    })

    test('a form is sent once, its answer morphed in', async ({ tab, site }) => {
      const ledger = serve(site)
      await open(tab, `${site.url}/village`)
      await tab.type('#word', 'hail')
      await tab.click('#say')
      await expect.poll(() => text(tab, '#said')).toBe('hail')
      expect([...ledger.values()]).toEqual(['hail'])
      expect(await tab.read('[document.querySelector("#word").value, trouble]')).toEqual(['', []])
    })

    test('morphing keeps focus and what is being typed', async ({ tab, site }) => {
      serve(site)
      await open(tab, `${site.url}/village`)
      await tab.type('#word', 'half a wo')
      await tab.read(
        'void (window.field = document.querySelector("#word"), history.pushState({}, "", "/inn"), dispatchEvent(new PopStateEvent("popstate")))',
      )
      await expect.poll(() => text(tab, 'h1')).toBe('At /inn')
      expect(await tab.read('[document.activeElement === field, field.isConnected, field.value, trouble]')).toEqual([
        true,
        true,
        'half a wo',
        [],
      ])
    })

    test('pictures are shown when decoded; a broken one says so', async ({ tab, site }) => {
      serve(site)
      await open(tab, `${site.url}/village`)
      await expect.poll(() => has(tab, '#shown[data-shown]')).toBe(true)
      await expect.poll(() => has(tab, '#broken[data-broken]')).toBe(true)
      expect(await tab.read('[document.querySelector("#shown").naturalWidth, trouble]')).toEqual([80, []])
    })

    test('with the server stopped the second visit is served by the worker', async ({ tab, site }) => {
      serve(site)
      await open(tab, `${site.url}/village`)
      const stored = `caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat().sort().join(' '))`
      await expect.poll(() => tab.read(stored)).toContain('/assets/page-1.js /village')
      await site.close()
      await open(tab, `${site.url}/village`)
      expect(await text(tab, 'h1')).toBe('At /village')
      expect(await tab.read('navigator.serviceWorker.controller !== null')).toBe(true)
      await site.open()
    })

    test('an action without a line outlives a reload and is applied once', async ({ tab, site }) => {
      const ledger = serve(site)
      await open(tab, `${site.url}/village`)
      await tab.type('#word', 'late')
      await site.close()
      await tab.click('#say')
      await expect.poll(() => text(tab, '#notice')).toContain('kept until')
      await site.open()
      await open(tab, `${site.url}/village`)
      await expect.poll(() => [...ledger.values()]).toEqual(['late'])
      await expect.poll(() => text(tab, '#said')).toBe('late')
    })

    test('news come by the live stream', async ({ tab, site }) => {
      serve(site)
      await open(tab, `${site.url}/village`)
      await expect.poll(() => tab.read('heard')).toEqual(['wolves'])
    })

    // On WebKit's screen no window lies over another: nothing is ever hidden there.
    if (name === 'firefox')
      test('a tab that another one covers says in one beacon what it measured', async ({ tab, site, engines }) => {
        serve(site)
        await open(tab, `${site.url}/village`)
        const over = await engines.get(name)?.open()
        await expect.poll(() => beacons(site).length).toBe(1)
        await over?.close()
        await tab.go('about:blank')
        await open(tab, `${site.url}/village`)
        expect(beacons(site)[0]?.vitals).toMatchObject({ FCP: expect.any(Number), TTFB: expect.any(Number) })
        expect(beacons(site).filter(({ vitals }) => 'FCP' in vitals)).toHaveLength(1)
      })

    test('the last words of a closed tab are heard, once', async ({ site, engines }) => {
      serve(site)
      const own = await (await running(engines)).open()
      await open(own, `${site.url}/village`)
      await own.click('#market')
      await expect.poll(() => text(own, 'h1')).toBe('At /market')
      // Firefox 153 loses what a page sends on its way out while its first worker is taking over.
      await expect.poll(() => own.read('navigator.serviceWorker.controller?.state')).toBe('activated')
      expect(beacons(site)).toEqual([])
      await own.close()
      await expect
        .poll(() => beacons(site).map(({ fragments = [] }) => fragments.map(({ path }) => path)))
        .toEqual([['/market']])
    })
  })
