import { expect, test } from 'vitest'
import { session, type SessionOptions } from './session.ts'
import { app, listen } from './testing.ts'
import { Timings } from './timings.ts'

const OLD = 'an-old-secret-of-some-length'
const NEW = 'the-new-secret-of-some-length'
const DAY = 24 * 3600 * 1000

function site(options: Partial<SessionOptions> = {}, watched = { lines: [] as string[], timings: new Timings() }) {
  const site = app(watched)
  site.use(session({ secrets: [NEW, OLD], ...options }))
  site.use('/in', (req, res) => {
    req.session.signIn('ab12')
    res.end()
  })
  site.use('/out', (req, res) => {
    req.session.signOut()
    res.end()
  })
  site.use((req, res) => {
    res.append('Set-Cookie', 'other=1')
    res.end(String(req.session.user))
  })
  return site
}

async function signedIn(options: Partial<SessionOptions> = {}): Promise<string> {
  await using server = await listen(site(options))
  return String((await server.ask('/in')).headers['set-cookie']).split(';')[0] ?? ''
}

async function ask(cookie: string, options: Partial<SessionOptions> = {}, path = '/') {
  await using server = await listen(site(options))
  const answer = await server.ask(path, { headers: { Cookie: cookie } })
  return { user: answer.text, cookies: answer.headers['set-cookie'] ?? [], status: answer.status }
}

test('a signed cookie is a session; the answer leaves it alone', async () => {
  const cookie = await signedIn()
  expect(cookie).toMatch(/^session=v1\.ab12\.[0-9a-z]+\.[\w-]{43}$/)
  expect(await ask(`theme=dark; ${cookie}; x=y`)).toEqual({ user: 'ab12', cookies: ['other=1'], status: 200 })
})

test('the cookie is HttpOnly, SameSite=Lax, for a year, and Secure over https', async () => {
  await using server = await listen(site())
  const plain = String((await server.ask('/in')).headers['set-cookie'])
  expect(plain).toMatch(/; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/)
  const safe = String((await server.ask('/in', { headers: { 'X-Forwarded-Proto': 'https' } })).headers['set-cookie'])
  expect(safe).toMatch(/; Secure$/)
})

test.each([
  ['another user', (cookie: string) => cookie.replace('ab12', 'ab13')],
  ['another time', (cookie: string) => cookie.replace(/ab12\.\w/, 'ab12.z')],
  ['a cut signature', (cookie: string) => cookie.slice(0, -1)],
  ['no signature', (cookie: string) => cookie.replace(/\.[\w-]+$/, '.')],
  ['another version', (cookie: string) => cookie.replace('v1', 'v2')],
  ['nonsense', () => 'session=%00%ff..;;=='],
  ['a very long one', () => `session=${'a.'.repeat(3000)}`],
])('%s is no session: the cookie is cleared, nothing fails', async (_what, tamper) => {
  const { user, cookies, status } = await ask(tamper(await signedIn()))
  expect({ user, status }).toEqual({ user: 'null', status: 200 })
  expect(cookies).toEqual(['other=1', 'session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
})

test('tampering is counted', async () => {
  const watched = { lines: [] as string[], timings: new Timings() }
  await using server = await listen(site({}, watched))
  await server.ask('/', { headers: { Cookie: 'session=v1.a.b.c' } })
  await expect.poll(() => watched.timings.counts().get('tampered')).toBe(1)
})

test('a cookie of an older secret is taken and signed by the new one', async () => {
  const old = await signedIn({ secrets: [OLD] })
  const { user, cookies } = await ask(old)
  expect(user).toBe('ab12')
  const renewed = cookies.find((cookie) => cookie.startsWith('session='))?.split(';')[0] ?? ''
  expect(await ask(renewed, { secrets: [NEW] })).toMatchObject({ user: 'ab12', cookies: ['other=1'] })
})

test('a cookie of a secret that was dropped is no session', async () => {
  expect((await ask(await signedIn({ secrets: [OLD] }), { secrets: [NEW] })).user).toBe('null')
})

test('a cookie is renewed after 30 days and ends after a year', async () => {
  const cookie = await signedIn()
  const later = (days: number) => ask(cookie, { clock: () => Date.now() + days * DAY })
  expect((await later(29)).cookies).toEqual(['other=1'])
  expect((await later(31)).cookies[1]).toMatch(/^session=v1\.ab12\./)
  expect((await later(366)).user).toBe('null')
})

test('signing out clears the cookie', async () => {
  expect((await ask(await signedIn(), {}, '/out')).cookies).toEqual([
    'session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
  ])
})
