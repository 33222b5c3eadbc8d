import { cp, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { BUILT, startGame, StartFailed } from '../services/game.ts'

const WRONG: Record<string, string>[] = [
  { PORT: 'abc' },
  { PORT: '70000' },
  { DATABASE_URL: 'mysql://localhost/game' },
  { REQUEST_TIMEOUT: 'soon' },
  { INSTANCES: '-2' },
  { ASSET_BASE: 'not a url' },
  { MEMCACHED_SERVERS: 'localhost' },
]
for (const env of WRONG) {
  const [[name, value] = ['', '']] = Object.entries(env)
  test(`${name}=${value} stops the start with one line that says what was expected`, async () => {
    const failed = await startGame({ env }).then(
      async (game) => {
        await game[Symbol.asyncDispose]()
        return null
      },
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(StartFailed)
    const { code, output } = failed as StartFailed
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(name)
    expect(output).toContain(value)
  })
}

test('a port that is taken stops the start with a line that says so', async () => {
  await using game = await startGame()
  const failed = await startGame({ env: { PORT: new URL(game.url).port } }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(StartFailed)
  expect((failed as StartFailed).code).toBe(1)
  expect((failed as StartFailed).output.trim().split('\n').at(-1)).toMatch(/^PORT is \d+: .*example/)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} lets the request in flight finish, takes no new one, and exits 0`, async () => {
    await using game = await startGame()
    const { port, host } = new URL(game.url)
    const body = 'action=mission&mission=gather-kindling&key=in-flight-1'
    const socket = connect({ host: 'localhost', port: Number(port) })
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    const over = new Promise((resolve) => socket.once('close', resolve))
    const head = [
      'POST /missions HTTP/1.1',
      `Host: ${host}`,
      `Origin: ${game.url}`,
      'Content-Type: application/x-www-form-urlencoded',
    ]
    socket.write(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
    await wait(200)
    const ended = game.stop(signal)
    await wait(300)
    await expect(fetch(game.url)).rejects.toThrow()
    socket.write(body.slice(10))
    await over
    expect(answer).toMatch(/^HTTP\/1\.1 303 /)
    expect(await ended).toBe(0)
  })

test('an open live stream does not hold up the end', async () => {
  await using game = await startGame()
  const page = await fetch(game.url)
  const cookie = page.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  const stream = await fetch(`${game.url}/live`, { headers: { cookie, accept: 'text/event-stream' } })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const began = performance.now()
  expect(await game.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(5000)
  await stream.body?.cancel().catch(() => undefined)
})

test('a start with nothing changed builds nothing', async () => {
  const root = join(import.meta.dirname, '../..')
  await using game = await startGame({ entry: join(root, 'build/cli.ts'), args: ['start'], cwd: root })
  expect((await fetch(game.url)).status).toBe(200)
  expect(game.output()).toMatch(/nothing built|up to date/i)
})

test('dist/server in an empty folder is the whole game', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emberwood-moved-'))
  try {
    await cp(join(BUILT, '..'), join(folder, 'game'), { recursive: true })
    await using game = await startGame({ entry: join(folder, 'game/index.js'), cwd: folder })
    const page = await (await fetch(game.url)).text()
    expect(page).toContain('data-hud="energy"')
    const assets = [...new Set([...page.matchAll(/(?:src|href)="(\/[^"#?]+\.\w+)"/g)].map(([, path = '']) => path))]
    expect(assets.length).toBeGreaterThan(10)
    for (const path of assets) expect((await fetch(game.url + path)).status, path).toBe(200)
    expect((await fetch(`${game.url}/worker.js`)).status).toBe(200)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
