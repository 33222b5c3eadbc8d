import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { sprite } from '../../games/paint.ts'
import { pageScript, test } from '../kit.ts'
import { type Answer, startRaw, type Raw } from './raw.ts'

const start = await pageScript(`
  import { loadImages } from 'client/runtime/images.ts'
  globalThis.loadImages = (list, options) => loadImages(list, { retryAfter: 20, ...options })
  document.documentElement.dataset.ready = ''
`)
const small = await sprite('icons/coin', 8)()
const large = await sprite('icons/coin', 200)()

const whole: Answer = (_path, res) => void res.setHeader('Content-Length', small.length).end(small)
const serve = (answer: Answer) => startRaw(start, answer)
async function open(page: Page, raw: Raw) {
  await page.goto(raw.url)
  await page.locator('html[data-ready]').waitFor()
}
const names = (count: number) => Array.from({ length: count }, (_, index) => `/pic/${index}`)

test('a list comes as elements, bitmaps or blobs, as asked', async ({ page }) => {
  await using raw = await serve(whole)
  await open(page, raw)
  const got = await page.evaluate(async () => {
    const element = await loadImages(['/pic/a'])
    const bitmap = await loadImages(['/pic/b'], { as: 'bitmap' })
    const blob = await loadImages(['/pic/c'], { as: 'blob' })
    const { naturalWidth = 0, complete = false } = element.get('/pic/a') ?? {}
    const { type = '', size = 0 } = blob.get('/pic/c') ?? {}
    return [naturalWidth, complete, bitmap.get('/pic/b')?.width, type, size]
  })
  expect(got).toEqual([8, true, 8, 'image/png', small.length])
})

test('an address that stands twice in a list is asked for once', async ({ page }) => {
  await using raw = await serve(whole)
  await open(page, raw)
  expect(await page.evaluate(async () => (await loadImages(['/pic/a', '/pic/a'], { as: 'blob' })).size)).toBe(1)
  expect(raw.asked).toEqual(['/pic/a'])
})

for (const as of ['blob', 'bitmap', 'element'] as const)
  test(`progress in bytes never runs backwards, whoever tells the size: ${as}`, async ({ page }) => {
    await using raw = await serve((path, res) => {
      const body = path.endsWith('large') ? large : small
      if (path.includes('/told')) res.setHeader('Content-Length', body.length)
      if (path.includes('missing')) {
        res.writeHead(404).end()
        return
      }
      const half = Math.floor(body.length / 2)
      res.write(body.subarray(0, half))
      setImmediate(() => res.end(body.subarray(half)))
    })
    await open(page, raw)
    const urls = ['/pic/told', '/pic/untold', '/pic/missing', '/pic/told-large', '/pic/untold-large', '/pic/other']
    const reports = await page.evaluate(
      async ([urls, as]) => {
        const reports: [number, number][] = []
        await loadImages(urls, { as, progress: (loaded, total) => reports.push([loaded, total]) })
        return reports
      },
      [urls, as] as const,
    )
    // To a billionth: the last bit of a quotient is no step back.
    const shares = reports.map(([loaded, total]) => Number((loaded / total).toFixed(9)))
    expect(shares).toEqual(shares.toSorted((one, other) => one - other))
    const bytes = reports.map(([loaded]) => loaded)
    expect(bytes).toEqual(bytes.toSorted((one, other) => one - other))
    const sum = 2 * large.length + 3 * small.length
    expect(reports.at(-1)).toEqual([sum, sum])
  })

test('sizes out of a manifest make the total true from the first byte', async ({ page }) => {
  await using raw = await serve((path, res) => void res.end(path.endsWith('large') ? large : small))
  await open(page, raw)
  const list = [
    { url: '/pic/small', bytes: small.length },
    { url: '/pic/large', bytes: large.length },
  ]
  const totals = await page.evaluate(async (list) => {
    const totals: number[] = []
    await loadImages(list, { as: 'blob', progress: (_loaded, total) => totals.push(total) })
    return totals
  }, list)
  expect(new Set(totals)).toEqual(new Set([small.length + large.length]))
})

for (const as of ['blob', 'element'] as const)
  test(`a list that is left is cancelled, and the server sees it: ${as}`, async ({ page }) => {
    await using raw = await serve((_path, res) => void res.write(large.subarray(0, 100)))
    await open(page, raw)
    await page.evaluate(
      ([urls, as]) => {
        const abort = new AbortController()
        globalThis.leave = () => abort.abort(new Error('left the scene'))
        globalThis.loading = loadImages(urls, { as, signal: abort.signal }).then(String, String)
      },
      [names(20), as] as const,
    )
    await expect.poll(() => raw.asked.length).toBeGreaterThan(0)
    expect(await page.evaluate(() => (leave(), loading))).toBe('Error: left the scene')
    // The line is free again for others.
    expect(await page.evaluate(async () => (await fetch('/')).status)).toBe(200)
    await expect.poll(() => raw.left.toSorted()).toEqual(raw.asked.toSorted())
    expect(raw.asked.length).toBeLessThan(20)
  })

test('what fails is tried again: refused, cut half-way, busy', async ({ page }) => {
  const counts = new Map<string, number>()
  await using raw = await serve((path, res) => {
    const count = (counts.get(path) ?? 0) + 1
    counts.set(path, count)
    if (count > 2) return whole(path, res)
    if (path === '/pic/refused') return void res.socket?.destroy()
    if (path === '/pic/busy') return void res.writeHead(503).end()
    res.writeHead(200, { 'Content-Length': small.length }).write(small.subarray(0, 20), () => res.socket?.destroy())
  })
  await open(page, raw)
  const list = ['/pic/refused', '/pic/cut', '/pic/busy']
  const sizes = await page.evaluate(async (list) => {
    const loaded = await loadImages(list, { as: 'bitmap' })
    return list.map((url) => loaded.get(url)?.width)
  }, list)
  expect(sizes).toEqual([8, 8, 8])
  expect([...counts.values()]).toEqual([3, 3, 3])
})

for (const as of ['bitmap', 'element'] as const)
  test(`what is not there is asked for once and missing: ${as}`, async ({ page }) => {
    await using raw = await serve((path, res) =>
      path.includes('bad') ? void res.writeHead(404).end() : whole(path, res),
    )
    await open(page, raw)
    const got = await page.evaluate(async (as) => [...(await loadImages(['/pic/bad', '/pic/good'], { as })).keys()], as)
    expect(got).toEqual(['/pic/good'])
    expect(raw.asked.toSorted()).toEqual(['/pic/bad', '/pic/good'])
  })

test('an answer that hangs is given up and asked for again', async ({ page }) => {
  const hung = new Set<string>()
  await using raw = await serve((path, res) => {
    if (hung.has(path)) return whole(path, res)
    hung.add(path)
  })
  await open(page, raw)
  const both = await page.evaluate(async () => {
    const both = await Promise.all([loadImages(['/pic/a'], { as: 'blob' }), loadImages(['/pic/b'])])
    return both.map(({ size }) => size)
  })
  expect(both).toEqual([1, 1])
  expect(raw.left.toSorted()).toEqual(['/pic/a', '/pic/b'])
})

test('a lane that changes while pictures wait: what comes into view passes', async ({ page }) => {
  const gate = Promise.withResolvers<void>()
  await using raw = await serve(async (path, res) => {
    await gate.promise
    await whole(path, res)
  })
  await open(page, raw)
  await page.evaluate((urls) => {
    let seen = ''
    globalThis.leave = () => void (seen = '/pic/11')
    globalThis.loading = loadImages(urls, { as: 'blob', lane: (url) => (url === seen ? 0 : 1) }).then(String)
  }, names(12))
  await expect.poll(() => raw.asked.length).toBeGreaterThan(0)
  await page.evaluate(() => leave())
  gate.resolve()
  await page.evaluate(() => loading)
  // By HTTP/1.1 no more than five were under way.
  expect(raw.asked.indexOf('/pic/11')).toBeLessThan(6)
})

test('each picture is handed over before the others are there, and no frame has too much of them', async ({ page }) => {
  const gate = Promise.withResolvers<void>()
  await using raw = await serve(async (path, res) => {
    if (path === '/pic/last') await gate.promise
    await whole(path, res)
  })
  await open(page, raw)
  await page.evaluate((urls) => {
    globalThis.moments = []
    let frames = 0
    const count = () => {
      frames++
      requestAnimationFrame(count)
    }
    count()
    globalThis.loading = loadImages([...urls, '/pic/last'], {
      as: 'bitmap',
      each: () => {
        moments.push(frames)
        // As an engine that takes its time with each.
        for (const end = performance.now() + 7; performance.now() < end;);
      },
    }).then(({ size }) => String(size))
  }, names(12))
  await expect.poll(() => page.evaluate(() => moments.length)).toBe(12)
  expect(raw.asked).toContain('/pic/last')
  gate.resolve()
  expect(await page.evaluate(() => loading)).toBe('13')
  const seen = await page.evaluate(() => moments)
  expect(new Set(seen).size).toBe(seen.length)
})

test('of variants the one that fills the screen is fetched, half of it each way on a slow line', async ({
  browser,
}) => {
  const list = [
    { url: '/pic/fox', width: 200, variants: { 400: '/pic/fox-400', 200: '/pic/fox-200', 800: '/pic/fox-800' } },
    { url: '/pic/owl', width: 900, variants: { 100: '/pic/owl-100' } },
  ]
  for (const [connection, expected] of [
    [{ effectiveType: '4g' }, ['/pic/fox-400', '/pic/owl-100']],
    [{ effectiveType: '3g' }, ['/pic/fox-200', '/pic/owl-100']],
    [{ effectiveType: '4g', saveData: true }, ['/pic/fox-200', '/pic/owl-100']],
  ] as const) {
    await using raw = await serve(whole)
    await using context = await browser.newContext({ deviceScaleFactor: 2 })
    const page = await context.newPage()
    await page.addInitScript((value) => Object.defineProperty(navigator, 'connection', { value }), connection)
    await open(page, raw)
    const keys = await page.evaluate(async (list) => [...(await loadImages(list, { as: 'bitmap' })).keys()], list)
    expect(keys.toSorted()).toEqual(['/pic/fox', '/pic/owl'])
    expect(raw.asked.toSorted()).toEqual(expected)
  }
})

test('the browser is told which are urgent', async ({ page }) => {
  await using raw = await serve(whole)
  await open(page, raw)
  const client = await page.context().newCDPSession(page)
  await client.send('Network.enable')
  const told = new Map<string, string>()
  client.on('Network.requestWillBeSent', ({ request }) =>
    told.set(new URL(request.url).pathname, request.initialPriority),
  )
  await page.evaluate(() =>
    Promise.all(
      [0, 2].flatMap((lane) => [
        loadImages([`/pic/fetched-${lane}`], { as: 'blob', lane }),
        loadImages([`/pic/element-${lane}`], { lane }),
      ]),
    ),
  )
  expect([told.get('/pic/fetched-0'), told.get('/pic/fetched-2')]).toEqual(['High', 'Low'])
  expect([told.get('/pic/element-0'), told.get('/pic/element-2')]).toEqual(['High', 'Low'])
})

/** Answers after a while, with much at once: a line that is fast but long. Says how many were under way at once. */
function long(): { answer: Answer; most: () => number } {
  let underway = 0
  let most = 0
  return {
    most: () => most,
    answer(_path, res) {
      most = Math.max(most, ++underway)
      setTimeout(() => {
        underway--
        res.end(large)
      }, 80)
    },
  }
}

test('over HTTP/1.1 one of six connections stays free for what the player presses', async ({ page }) => {
  const line = long()
  await using raw = await serve(line.answer)
  await open(page, raw)
  await page.evaluate((urls) => loadImages(urls, { as: 'blob' }), names(40))
  expect(line.most()).toBe(5)
})

test('over HTTP/2 a long line is filled: more than six at once', async ({ browser }) => {
  const line = long()
  await using raw = await startRaw(start, line.answer, { tls: certificate() })
  await using context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await open(page, raw)
  await page.evaluate((urls) => loadImages(urls, { as: 'blob' }), names(60))
  expect(line.most()).toBeGreaterThan(6)
})

/** Of a day, trusted by nobody. */
function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost']
    execFileSync('openssl', ['req', '-x509', ...curve, '-days', '1', '-keyout', key, '-out', cert], { stdio: 'pipe' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

declare global {
  var leave: () => void
  var loading: Promise<string>
  var moments: number[]
}
interface Forms {
  element: HTMLImageElement
  bitmap: ImageBitmap
  blob: Blob
}
/** What these tests use of it. */
declare function loadImages<As extends keyof Forms = 'element'>(
  list: readonly (string | { url: string; bytes?: number; width?: number; variants?: Record<number, string> })[],
  options?: {
    as?: As
    lane?: number | ((url: string) => number)
    signal?: AbortSignal
    progress?: (loaded: number, total: number) => void
    each?: (url: string, picture: Forms[As]) => void
  },
): Promise<Map<string, Forms[As]>>
