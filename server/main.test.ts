import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test, vi } from 'vitest'
import { serve } from './main.ts'
import { MANIFEST } from './middleware/fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'main-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(MANIFEST))

const MAIN = JSON.stringify(new URL('main.ts', import.meta.url).href)

/** A server as a process of its own, in an empty folder. */
function launch(env: Record<string, string>, clientDir = folder) {
  const program = `import { start } from ${MAIN}; await start({ clientDir: ${JSON.stringify(clientDir)} })`
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: mkdtempSync(join(folder, 'cwd-')),
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: 'sqlite:game.db', ...env },
  })
  const said = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => (said.out += String(chunk)))
  child.stderr?.on('data', (chunk) => (said.err += String(chunk)))
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return {
    child,
    said,
    ended,
    async url() {
      await expect.poll(() => said.out, { timeout: 20_000 }).toMatch(/^ready http:\/\/localhost:\d+$/m)
      return /http\S+/.exec(said.out)?.[0] ?? ''
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const statusOf = (url: string) =>
  new Promise((resolve, reject) => {
    get(url, { headers: { Connection: 'close' } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
  })

test('it says when it is ready, is healthy, and ends with 0 on SIGTERM', async () => {
  await using server = launch({ PORT: '0' })
  const url = await server.url()
  expect(await statusOf(`${url}/health/ready`)).toBe(200)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect(server.said.err).not.toContain('    at ')
})

test('each hour old actions are forgotten and the game keeps its house', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const file = join(folder, 'hourly.db')
  const env = { PORT: '0', DATABASE_URL: `sqlite:${file}`, SESSION_SECRETS: 'a-secret-for-the-tests' }
  const running = await serve({ env, clientDir: folder })
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    database.exec(`INSERT INTO ledger (owner, key, answer, at) VALUES ('ada', 'old', '{}', 0)`)
    database.exec('UPDATE player SET week = week - 1')
    const count = (query: string) => database.prepare(`SELECT count(*) AS count FROM ${query}`).get()?.['count']
    const week = Number(database.prepare('SELECT max(week) AS week FROM player').get()?.['week'])
    vi.advanceTimersByTime(3_600_000)
    await expect.poll(() => count('ledger')).toBe(0)
    await expect.poll(() => count(`player WHERE week > ${week}`)).toBe(count('player'))
  } finally {
    vi.useRealTimers()
    database.close()
    await running.close()
  }
})

test('a second signal does not wait for who never finishes', async () => {
  await using server = launch({ PORT: '0' })
  const { port } = new URL(await server.url())
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  socket.write(
    'POST /battle HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
  )
  await sleep(300)
  server.child.kill('SIGTERM')
  await sleep(300)
  expect(server.child.exitCode).toBeNull()
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(1)
  socket.destroy()
})

test('wrong variables are told together, a line each, with exit code 1 and no stack', async () => {
  await using server = launch({ PORT: 'eighty', INSTANCES: 'auto', DATABASE_URL: 'postgres://x' })
  expect(await server.ended).toBe(1)
  expect(server.said.out).toBe('')
  expect(server.said.err.trim().split('\n')).toEqual([
    expect.stringMatching(/^INSTANCES is "auto": /),
    expect.stringMatching(/^PORT is "eighty": /),
    expect.stringMatching(/^DATABASE_URL is "postgres:\/\/x": /),
  ])
})

test('a client that was not built is told in a line', async () => {
  await using server = launch({ PORT: '0' }, join(folder, 'nowhere'))
  expect(await server.ended).toBe(1)
  expect(server.said.err).toMatch(
    /^[^\n]*nowhere\/manifest\.json cannot be read: build the client first, with `npm run build`\n$/,
  )
})

test('a taken port is told in a line', async () => {
  await using first = launch({ PORT: '0' })
  const { port } = new URL(await first.url())
  await using second = launch({ PORT: port })
  expect(await second.ended).toBe(1)
  expect(second.said.err.trim().split('\n').at(-1)).toContain(`PORT is ${port}: another program listens there`)
  expect(second.said.err).not.toContain('    at ')
})
