import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { app, listen } from './testing.ts'
import { controller } from './timing.ts'
import { Timings } from './timings.ts'

const watch = () => ({ lines: [] as string[], timings: new Timings() })

/** Busy, since timers of a loaded machine come late. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

const durations = (header: string | string[] | undefined) =>
  Object.fromEntries(
    Array.from(String(header).matchAll(/([\w-]+);dur=([\d.]+)/g), ([, name = '', value]) => [name, Number(value)]),
  )

test('the header names the layers with their own time, which adds up to the whole', async () => {
  const site = app()
  site.use(controller(), (req, res) => {
    req.timing.controller = 'battle/attack'
    req.timing.span('store', () => {
      work(20)
      req.timing.span('database', () => work(50))
    })
    req.timing.span('render', () => work(30))
    res.end('done')
  })
  await using server = await listen(site)
  const { headers } = await server.ask('/')
  const layers = durations(headers['server-timing'])
  expect(headers['server-timing']).toContain('controller;dur=')
  expect(headers['server-timing']).toContain('desc="battle/attack"')
  expect(headers['server-timing']).toContain(`request;desc="${String(headers['x-request-id'])}"`)
  expect(layers['store']).toBeGreaterThan(19.9)
  expect(layers['database']).toBeGreaterThan(49.9)
  const { outer = 0, ...inner } = layers
  const sum = Object.values(inner).reduce((total, value) => total + value, 0)
  expect(sum / outer).toBeGreaterThanOrEqual(0.999)
  expect(sum / outer).toBeLessThanOrEqual(1.001)
})

test('sections side by side count each moment once', async () => {
  const site = app()
  site.use(async (req, res) => {
    await Promise.all(Array.from({ length: 5 }, () => req.timing.span('database', () => sleep(40))))
    res.end()
  })
  await using server = await listen(site)
  const { outer = 0, database = 0 } = durations((await server.ask('/')).headers['server-timing'])
  expect(database).toBeGreaterThan(35)
  expect(database).toBeLessThanOrEqual(outer)
})

test('a section ends when its work throws or rejects', async () => {
  const site = app()
  site.use(async (req, res) => {
    expect(() =>
      req.timing.span('render', () => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
    await expect(req.timing.span('store', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    work(20)
    res.end()
  })
  await using server = await listen(site)
  const { outer = 0, render = 0, store = 0 } = durations((await server.ask('/')).headers['server-timing'])
  expect(render + store).toBeLessThanOrEqual(outer - 20)
})

test('the log has one line a request, in the form of the talk', async () => {
  const watched = watch()
  const site = app(watched)
  site.use(controller(), (req, res) => {
    req.timing.controller = 'battle/attack'
    req.timing.count('hits', 3)
    res.end('x'.repeat(4000))
  })
  await using server = await listen(site)
  await server.ask('/battle?foe=1', { method: 'POST', headers: { 'X-Request-Id': 'balancer-1' } })
  await expect.poll(() => watched.lines).toHaveLength(1)
  expect(watched.lines[0]).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z \d+\.\d{4} outer \d+\.\d{4} battle\/attack POST \/battle\?foe=1 200 4\d\d\dB id=balancer-1 hits=3$/,
  )
  expect(watched.timings.counts().get('hits')).toBe(3)
})

test('a caller who gives up is logged as 499 and counted as failed', async () => {
  const watched = watch()
  const site = app(watched)
  const abort = new AbortController()
  site.use(() => abort.abort())
  await using server = await listen(site)
  await expect(fetch(server.url, { signal: abort.signal })).rejects.toThrow('aborted')
  await expect.poll(() => watched.lines).toHaveLength(1)
  expect(watched.lines[0]).toContain(' GET / 499 0B ')
  expect(watched.timings.routes()[0]).toMatchObject({ route: 'outer', count: 1, errors: 1 })
})

test('histograms fill by route and layer, and stay within their bounds', async () => {
  const watched = { lines: [], timings: new Timings({ routes: 5, layers: 3, paths: 2 }) }
  const site = app(watched)
  site.use(controller(), (req, res) => {
    req.timing.controller = `route${req.path}`
    for (const layer of ['store', 'cache', 'render']) req.timing.span(layer, () => {})
    res.end()
  })
  await using server = await listen(site)
  for (let i = 0; i < 10; i++) await server.ask(`/${i}`)
  await expect.poll(() => watched.timings.routes().reduce((sum, { count }) => sum + count, 0)).toBe(10)
  const routes = watched.timings.routes()
  expect(routes).toHaveLength(5)
  expect(routes[0]).toMatchObject({ route: 'other', count: 6 })
  expect([...(routes[1]?.layers.keys() ?? [])]).toEqual(['outer', 'controller', 'store'])

  watched.timings.reported('/9', [['LCP', 800]])
  watched.timings.reported('/forged', [['LCP', 1]])
  watched.timings.reported('/0', [['LCP', 1]])
  expect(watched.timings.routes()[0]?.browser.get('LCP')?.count).toBe(3)
})

test('cache and database say what was counted beside their time', async () => {
  const site = app({ lines: [], timings: new Timings() })
  site.get('/', controller(), (req, res) => {
    req.timing.span('cache', () => req.timing.count('roundtrips'))
    req.timing.count('hits', 3)
    req.timing.span('database', () => req.timing.count('statements', 2))
    req.timing.span('render', () => req.timing.count('events'))
    res.end()
  })
  await using server = await listen(site)
  const header = String((await server.ask('/')).headers['server-timing'])
  expect(header).toMatch(/, cache;dur=[\d.]+;desc="roundtrips=1 hits=3",/)
  expect(header).toMatch(/, database;dur=[\d.]+;desc="statements=2",/)
  expect(header).toMatch(/, render;dur=[\d.]+$/)
})
