import type { APIRequestContext, APIResponse } from '@playwright/test'
import { expect, test } from './play.ts'

/** A player who speaks HTTP without a browser: what no page of ours sends can be sent. */
class Prankster {
  readonly #request: APIRequestContext
  readonly #origin: string
  #keys = 0
  constructor(request: APIRequestContext, origin: string | undefined) {
    this.#request = request
    this.#origin = origin ?? ''
  }

  get(path: string, headers: Record<string, string> = {}): Promise<APIResponse> {
    return this.#request.get(path, { headers, maxRedirects: 0 })
  }

  /** Sends a form as our pages do, apart from what is told. */
  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<APIResponse> {
    const key = `prankster-${this.#keys++}`
    return this.#request.post(path, {
      form: { key, ...form },
      maxRedirects: 0,
      headers: { origin: this.#origin, ...headers },
    })
  }

  /** The bar's numbers and who plays. */
  async state(): Promise<Record<string, string>> {
    const page = await (await this.get('/')).text()
    const numbers = [...page.matchAll(/data-hud="(\w+)">([\d,]+)</g)].map(([, what = '', value = '']) => [what, value])
    return {
      ...(Object.fromEntries(numbers) as Record<string, string>),
      name: /aria-label="([^,"]+), level/.exec(page)?.[1] ?? '',
    }
  }
}

const prank = test.extend<{ prankster: Prankster }>({
  prankster: async ({ request, baseURL }, use) => {
    const prankster = new Prankster(request, baseURL)
    await prankster.get('/')
    await use(prankster)
  },
})

/** What the player reads; never what only its makers should. */
async function words(answer: APIResponse): Promise<string> {
  const text = await answer.text()
  expect(text).not.toMatch(/node_modules|\bat \S+ \(|\.ts:\d+|SQLITE|undefined|\[object/)
  return text
}

const FORMS: { what: string; path: string; form: Record<string, string>; status: number[] }[] = [
  {
    what: 'an unknown mission',
    path: '/missions',
    form: { action: 'mission', mission: 'rob-the-bank' },
    status: [404],
  },
  {
    what: 'a mission named after a property of all objects',
    path: '/missions',
    form: { action: 'mission', mission: '__proto__' },
    status: [404],
  },
  {
    what: 'a mission whose level is not reached',
    path: '/missions',
    form: { action: 'mission', mission: 'burn-the-nest' },
    status: [409, 422],
  },
  { what: 'an unknown monster', path: '/battle', form: { action: 'fight', monster: 'constructor' }, status: [404] },
  { what: 'an unknown rival', path: '/battle', form: { action: 'attack', rival: 'nobody' }, status: [404] },
  {
    what: 'a negative price',
    path: '/market',
    form: { action: 'buy', item: 'wool-cap', price: '-500' },
    status: [422],
  },
  {
    what: 'a price that is no number',
    path: '/market',
    form: { action: 'buy', item: 'wool-cap', price: 'NaN' },
    status: [422],
  },
  {
    what: 'a price of yesterday',
    path: '/market',
    form: { action: 'buy', item: 'wool-cap', price: '1' },
    status: [409],
  },
  {
    what: 'a sale of what is not owned',
    path: '/market',
    form: { action: 'sell', item: 'ember-blade', price: '1' },
    status: [404, 409, 422],
  },
  { what: 'a negative level', path: '/', form: { action: 'build', building: 'hearth', level: '-1' }, status: [422] },
  {
    what: 'a level that is not the next',
    path: '/',
    form: { action: 'build', building: 'hearth', level: '7' },
    status: [409, 422],
  },
  { what: 'a slot that nobody has', path: '/hero', form: { action: 'unequip', slot: 'tail' }, status: [404, 422] },
  {
    what: 'an action of another place',
    path: '/ladder',
    form: { action: 'mission', mission: 'gather-kindling' },
    status: [404, 405, 422],
  },
  { what: 'an action without a name', path: '/missions', form: { mission: 'gather-kindling' }, status: [422] },
  {
    what: 'a name that is a script',
    path: '/hero',
    form: { action: 'rename', name: '<script>'.repeat(9), avatar: 'mage' },
    status: [422],
  },
  {
    what: 'a key that is none',
    path: '/missions',
    form: { action: 'mission', mission: 'gather-kindling', key: '!' },
    status: [422],
  },
]
for (const { what, path, form, status } of FORMS)
  prank(`${what} is refused in words and changes nothing`, async ({ prankster }) => {
    const before = await prankster.state()
    const answer = await prankster.post(path, form)
    expect(status).toContain(answer.status())
    expect(await words(answer)).toMatch(/<p class="say bad"[^>]*>[^<]{10,}|<h1/)
    expect(await prankster.state()).toEqual(before)
    const fragment = await prankster.post(path, form, { fragment: 'notice' })
    expect(status).toContain(fragment.status())
    expect(await words(fragment)).toMatch(/id="notice"[^]*\w+ \w+/)
  })

prank('a form that is sent twice acts once and is answered the same', async ({ prankster }) => {
  const form = { action: 'mission', mission: 'gather-kindling', key: 'one-and-the-same' }
  const first = await prankster.post('/missions', form)
  expect(first.status()).toBe(303)
  const after = await prankster.state()
  expect(after['energy']).toBe('28')
  const second = await prankster.post('/missions', form)
  expect(second.headers()['location']).toBe(first.headers()['location'])
  expect(await prankster.state()).toEqual(after)
})

prank('a price that has changed since the page was drawn costs nothing', async ({ prankster }) => {
  const market = await (await prankster.get('/market')).text()
  const price = Number(/value="wool-cap"[^]*?name="price" value="(\d+)"/.exec(market)?.[1])
  expect(price).toBeGreaterThan(0)
  const before = await prankster.state()
  const stale = await prankster.post('/market', { action: 'buy', item: 'wool-cap', price: String(price - 1) })
  expect(stale.status()).toBe(409)
  expect(await prankster.state()).toEqual(before)
})

prank('a tampered cookie makes a new guest and no error', async ({ prankster, request }) => {
  const [cookie] = (await request.storageState()).cookies
  const [version = '', player = '', issued = '', signature = ''] = cookie?.value.split('.') ?? []
  expect(signature).not.toBe('')
  const forgeries = [
    `${version}.${player}.${issued}.${signature.slice(0, -2)}${signature.endsWith('AA') ? 'BB' : 'AA'}`,
    `${version}.${player}.${Number(issued) + 1}.${signature}`,
    `${version}.${player}.${issued}.`,
    `${version}.${player}`,
    '%',
    'x'.repeat(3000),
  ]
  for (const forged of forgeries) {
    const answer = await prankster.get('/', { cookie: `${cookie?.name}=${forged}` })
    expect(answer.status(), forged).toBe(200)
    await words(answer)
    expect(answer.headers()['set-cookie'], forged).toMatch(/=v1\.\w+/)
    expect(answer.headers()['set-cookie'], forged).not.toContain(player)
  }
  const genuine = await prankster.get('/', { cookie: `${cookie?.name}=${cookie?.value}` })
  expect(genuine.headers()['set-cookie']).toBeUndefined()
})

prank('the cookie is out of reach of scripts and of other sites', async ({ playwright, baseURL }) => {
  const stranger = await playwright.request.newContext(baseURL === undefined ? {} : { baseURL })
  const cookies = (await stranger.get('/')).headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie')
  expect(cookies).toHaveLength(1)
  expect(cookies[0]?.value).toMatch(/; HttpOnly/i)
  expect(cookies[0]?.value).toMatch(/; SameSite=(?:Lax|Strict)/i)
  await stranger.dispose()
})

prank('a body of a megabyte is refused', async ({ prankster }) => {
  const answer = await prankster.post('/missions', { action: 'mission', mission: 'x'.repeat(1_000_000) })
  expect(answer.status()).toBe(413)
  await words(answer)
  expect((await prankster.get('/')).status()).toBe(200)
})

prank('an unknown address is a page with a way home', async ({ prankster }) => {
  for (const path of [
    '/no-such-place',
    '/missions/nowhere',
    '/assets/nothing-12345678.js',
    '/../../etc/passwd',
    '/.env',
  ]) {
    const answer = await prankster.get(path)
    expect(answer.status(), path).toBe(404)
    await words(answer)
  }
  expect(await words(await prankster.get('/no-such-place'))).toMatch(/<a [^>]*href="\/"/)
})

prank('an address that cannot be decoded is a mistake of the sender', async ({ prankster }) => {
  const answer = await prankster.get('/missions/%E0%A4%A')
  expect(answer.status()).toBe(400)
  await words(answer)
})

prank('a fragment with an impossible name is refused with the reason', async ({ prankster }) => {
  const answer = await prankster.get('/', { fragment: '<b>' })
  expect(answer.status()).toBe(400)
  await words(answer)
})

prank('another site cannot act for the player', async ({ prankster }) => {
  const before = await prankster.state()
  const form = { action: 'mission', mission: 'gather-kindling' }
  for (const headers of [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ]) {
    const answer = await prankster.post('/missions', form, headers)
    expect(answer.status(), JSON.stringify(headers)).toBe(403)
    await words(answer)
  }
  expect(await prankster.state()).toEqual(before)
})

prank('tracking that is not in order is refused with the reason', async ({ request, baseURL }) => {
  const headers = { origin: baseURL ?? '', 'content-type': 'application/json' }
  const send = (data: string) => request.post('/track/record_event', { headers, data })
  for (const body of ['{', '{}', '[{"name":"win-the-lottery","at":1}]', '[{"name":"mission","at":"now"}]']) {
    const answer = await send(body)
    expect(answer.status(), body).toBe(400)
    await words(answer)
  }
  const good = await send(JSON.stringify([{ name: 'mission', at: Date.now() }]))
  expect(good.status()).toBeLessThan(300)
})
