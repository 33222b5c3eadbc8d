import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hasMemcached, startMemcached, type TestServer } from '../cache/fixture.ts'
import type { Cache } from '../cache/cache.ts'
import { createSharedCache, type SharedCache } from '../cache/shared.ts'
import { open } from './fixture.ts'
import { Hero, hero } from './hero.ts'
import { DIALECTS } from './scratch.ts'
import { createStore } from './store.ts'

// Real processes on one database and one memcached.

/** What a process is given beside its own code: `store`, `database`, `cache`, `Hero`, `loads()` (rows read from the database), `say(value)`, `told()`. */
const PREAMBLE = `
import { createInterface } from 'node:readline'
import { createSharedCache } from ${at('../cache/shared.ts')}
import { openDatabase } from ${at('./database.ts')}
import { createStore } from ${at('./store.ts')}
import { Hero } from ${at('./hero.ts')}
const [, url, port] = process.argv
let selects = 0
const database = openDatabase(url, { onStatement: (sql) => { if (/^select/i.test(sql)) selects++ } })
const cache = createSharedCache({ servers: [{ host: '127.0.0.1', port: Number(port) }], timeout: 5000, slow: 2000 })
const store = createStore({ database, cache })
const loads = () => selects
const say = (value) => console.log(JSON.stringify(value))
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const told = async () => (await lines.next()).value
const end = async () => { await cache.close(); await database.close(); process.stdin.destroy() }
await cache.ready()
// Loads what a first query loads, so that none of that is in the way of what is looked at.
await store.session().get(Hero, 'nobody')
selects = 0
say('ready')
`

function at(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href)
}

/** How long the row lives that a killed process leaves behind. Memcached's seconds are whole. */
const SECONDS = 3

/** Another process that runs `code`; ends with the test. */
class Other {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  complaints = ''

  constructor(url: string, port: number, code: string) {
    const args = ['--input-type=module', '--eval', PREAMBLE + code, url, String(port)]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    child.stderr.on('data', (text: Buffer) => (this.complaints += text.toString()))
    this.#child = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    onTestFinished(() => void child.kill('SIGKILL'))
  }

  /** The next thing it says. */
  async heard(): Promise<unknown> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`it ended: ${this.complaints}`)
    return JSON.parse(value) as unknown
  }

  tell(word: string): void {
    this.#child.stdin?.write(`${word}\n`)
  }

  /** Resolves with what ended it: an exit code or a signal. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? signal
  }
}

async function memcached(): Promise<TestServer> {
  const server = await startMemcached()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function shared(server: TestServer): Promise<SharedCache> {
  const cache = createSharedCache({ servers: [server], timeout: 5000, slow: 2000, log: () => {} })
  onTestFinished(() => cache.close())
  await cache.ready()
  return cache
}

describe.skipIf(!hasMemcached).each(DIALECTS)('on %s', (dialect) => {
  test('four processes of fifty readers of one cold key read the database once', async () => {
    const server = await memcached()
    await using fixture = await open([hero('a')], await shared(server), dialect)
    const code = `
      await told()
      const rows = await Promise.all(Array.from({ length: 50 }, () => store.session().get(Hero, 'a')))
      say({ loads: loads(), rows: rows.filter((row) => row?.id === 'a').length })
      await told()
      await end()`
    const others = Array.from({ length: 4 }, () => new Other(fixture.url, server.port, code))
    expect(await Promise.all(others.map((other) => other.heard()))).toEqual(['ready', 'ready', 'ready', 'ready'])
    for (const other of others) other.tell('go')
    const answers = (await Promise.all(others.map((other) => other.heard()))) as { loads: number; rows: number }[]
    // Whoever filled lives until all have read.
    for (const other of others) other.tell('end')
    expect(answers.map(({ rows }) => rows)).toEqual([50, 50, 50, 50])
    expect(answers.reduce((sum, { loads }) => sum + loads, 0)).toBe(1)
  })

  test('four processes of a thousand versioned increments on ten rows: the sum is exact', async () => {
    const server = await memcached()
    const ids = Array.from({ length: 10 }, (_, n) => `h${n}`)
    await using fixture = await open(
      ids.map((id) => hero(id)),
      await shared(server),
      dialect,
    )
    // Eight at a time in each, all over the same rows: most meet others.
    const code = `
      let next = 0
      let conflicts = 0
      async function worker() {
        while (next < 1000) {
          const id = 'h' + (next++ * 7) % 10
          const session = store.session()
          await session.get(Hero, id)
          await session.transaction(async (tx) => {
            const row = await tx.get(Hero, id)
            await tx.update(Hero, { ...row, coins: row.coins + 1 })
          }, { retries: 1000 })
        }
      }
      await told()
      await Promise.all(Array.from({ length: 8 }, worker))
      say({ conflicts: store.counters.of('hero').conflicts })
      await end()`
    const others = Array.from({ length: 4 }, () => new Other(fixture.url, server.port, code))
    for (const other of others) expect(await other.heard()).toBe('ready')
    for (const other of others) other.tell('go')
    const conflicts = (await Promise.all(others.map((other) => other.heard()))) as { conflicts: number }[]
    expect(await Promise.all(others.map((other) => other.ended()))).toEqual([0, 0, 0, 0])
    const rows = await fixture.database.kysely.selectFrom('hero').select(['coins', 'version']).execute()
    expect(rows.reduce((sum, { coins }) => sum + coins, 0)).toBe(4000)
    expect(rows.every(({ coins, version }) => version === coins + 1)).toBe(true)
    // They did get in each other's way, or nothing of this was tried.
    expect(conflicts.reduce((sum, { conflicts }) => sum + conflicts, 0)).toBeGreaterThan(0)
    // And what the cache shows in the end is what there is.
    const seen = await createStore({ database: fixture.database, cache: await shared(server) })
      .session()
      .getMany(Hero, ids)
    expect(seen.reduce((sum, row) => sum + (row?.coins ?? 0), 0)).toBe(4000)
  }, 120_000)

  test('a process killed between its commit and its invalidation leaves the old row for the rest of its time, and no longer', async () => {
    const server = await memcached()
    const cache = await shared(server)
    await using fixture = await open([hero('a')], cache, dialect)
    const code = `
      // Dies with what it would have told the cache on its lips.
      await told()
      const dying = { ...cache, delete: async () => process.kill(process.pid, 'SIGKILL') }
      await createStore({ database, cache: dying }).session().transaction(async (tx) => {
        const row = await tx.get(Hero, 'a')
        await tx.update(Hero, { ...row, coins: 5 })
      })`
    const other = new Other(fixture.url, server.port, code)
    expect(await other.heard()).toBe('ready')
    const short: Cache = { ...cache, fill: (key, lease, value) => cache.fill(key, lease, value, SECONDS) }
    await createStore({ database: fixture.database, cache: short }).session().get(Hero, 'a')
    other.tell('go')
    expect(await other.ended()).toBe('SIGKILL')
    const stored = await fixture.database.kysely.selectFrom('hero').select('coins').execute()
    expect(stored).toEqual([{ coins: 5 }])
    const coins = async () => (await fixture.store.session().get(Hero, 'a'))?.coins
    expect(await coins()).toBe(0)
    await sleep((SECONDS + 1) * 1000)
    expect(await coins()).toBe(5)
  })

  test('a write from the old row that a killed process left is refused, and shows everybody the new one', async () => {
    const server = await memcached()
    const cache = await shared(server)
    await using fixture = await open([hero('a')], cache, dialect)
    await fixture.store.session().get(Hero, 'a')
    const mute = createStore({ database: fixture.database, cache: { ...cache, delete: async () => {} } })
    await mute.session().transaction((tx) => tx.update(Hero, hero('a', { coins: 5 })))
    const earned = await fixture.store.session().transaction(async (tx) => {
      const row = await tx.get(Hero, 'a')
      return tx.update(Hero, { ...(row ?? hero('a')), coins: (row?.coins ?? 0) + 1 })
    })
    expect(earned).toMatchObject({ coins: 6, version: 3 })
    expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(6)
  })
})
