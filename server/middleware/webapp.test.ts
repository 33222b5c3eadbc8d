import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { app, listen } from './testing.ts'
import { webApp } from './webapp.ts'

const folder = mkdtempSync(join(tmpdir(), 'webapp-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'app.webmanifest')
writeFileSync(file, '{"name":"Emberwood","icons":[{"src":"assets/app-1.png","sizes":"192x192"}]}')

function site(at: string) {
  const site = app()
  site.use(webApp({ file: at, assetBase: 'https://cdn.example/game' }))
  site.use((_req, res) => res.end('next'))
  return site
}

test('the icons are named where assets come from, and all else stays', async () => {
  await using server = await listen(site(file))
  const { headers, text } = await server.ask('/app.webmanifest')
  expect(JSON.parse(text)).toEqual({
    name: 'Emberwood',
    icons: [{ src: 'https://cdn.example/game/assets/app-1.png', sizes: '192x192' }],
  })
  expect(headers).toMatchObject({ 'content-type': 'application/manifest+json', 'cache-control': 'no-cache' })
  expect((await server.ask('/')).text).toBe('next')
})

test('a game without a web app manifest has none', async () => {
  await using server = await listen(site(join(folder, 'none.webmanifest')))
  expect((await server.ask('/none.webmanifest')).text).toBe('next')
})
