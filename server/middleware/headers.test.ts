import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { allowInline, headers, type HeadersOptions } from './headers.ts'
import { app, listen } from './testing.ts'

async function ask(
  options: HeadersOptions = {},
  sent: Record<string, string> = {},
  styles: string[] = [],
  scripts: string[] = [],
) {
  const site = app()
  site.use(headers(options))
  site.use((_req, res) => {
    allowInline(res, { styles, scripts })
    res.end()
  })
  await using server = await listen(site)
  return (await server.ask('/', { headers: sent })).headers
}

test('the policy denies all that is not named, and nothing in it is unsafe', async () => {
  const policy = String((await ask())['content-security-policy'])
  expect(policy.split('; ')[0]).toBe("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types firstframe")
  expect(policy).not.toContain('unsafe')
})

test('a CDN may serve scripts, styles, pictures and fonts, and nothing else', async () => {
  const policy = String((await ask({ assetBase: 'https://cdn.example/game' }))['content-security-policy'])
  const allowed = policy.split('; ').filter((directive) => directive.includes('https://cdn.example'))
  expect(allowed.map((directive) => directive.split(' ')[0])).toEqual([
    'script-src',
    'style-src',
    'img-src',
    'font-src',
    'connect-src',
  ])
  expect(policy).not.toContain('/game')
})

test('inline styles pass by the hash of their text', async () => {
  const policy = String((await ask({}, {}, ['a{color:red}', 'b{}']))['content-security-policy'])
  for (const style of ['a{color:red}', 'b{}']) expect(policy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`)
  expect(policy).toMatch(/style-src [^;]*'self'/)
})

test('an inline script passes by the hash of its text, and no other with it', async () => {
  const policy = String((await ask({}, {}, [], ['{}']))['content-security-policy'])
  expect(policy).toContain(`script-src 'sha256-${hash('sha256', '{}', 'base64')}' 'self';`)
  expect(policy).toContain("style-src 'self';")
})

test('under Vite the policy lets its client work', async () => {
  const policy = String((await ask({ development: true }, {}, ['a{}']))['content-security-policy'])
  expect(policy).toContain("style-src 'self' 'unsafe-inline'")
  expect(policy).not.toContain('sha256-')
  expect(policy).not.toContain('trusted-types')
})

test('https alone is told to stay https, by the word of a proxy on this machine', async () => {
  expect(await ask()).not.toHaveProperty('strict-transport-security')
  expect(await ask({}, { 'X-Forwarded-Proto': 'https' })).toHaveProperty('strict-transport-security')
})

test('the usual headers are there', async () => {
  expect(await ask()).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()') as string,
  })
})
