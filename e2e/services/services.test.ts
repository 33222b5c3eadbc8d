import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { startMemcached } from './memcached.ts'
import { startNats } from './nats.ts'
import { startPostgres } from './postgres.ts'
import { provision } from './provision.ts'

const memcached = inject('memcached')
const nats = inject('nats')
const postgresql = await provision('postgresql')

/** Says something to a memcached. @returns its answer; null where none came in time. */
async function say(port: number, words: string): Promise<string | null> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    socket.write(`${words}\r\n`)
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(200) })) as [Buffer]
    return answer.toString().trimEnd()
  } catch {
    return null
  } finally {
    socket.destroy()
  }
}

/** Asks a PostgreSQL by a connection of its own. */
async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  // A connection that breaks is told by the statement as well.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.skipIf('missing' in memcached)(
  'a memcached can be paused, killed, and started anew, empty, on its port',
  async () => {
    await using server = await startMemcached(memcached as { path: string })
    const { port } = server
    expect(await say(port, 'set a 0 0 1\r\nx')).toBe('STORED')
    server.pause()
    expect(await say(port, 'get a')).toBeNull()
    server.resume()
    expect(await say(port, 'get a')).toBe('VALUE a 0 1\r\nx\r\nEND')
    await server.kill()
    expect(await say(port, 'get a')).toBeNull()
    await server.restart()
    expect(await say(port, 'get a')).toBe('END')
  },
)

test.skipIf(postgresql.path === null)(
  'a PostgreSQL keeps what was committed over a restart, and leaves nothing behind',
  async () => {
    const server = await startPostgres({ path: postgresql.path ?? '' })
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await server.stop()
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    await server.restart()
    expect(await ask(server.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
    const [{ data_directory: data }] = (await ask(server.url, 'SHOW data_directory')) as [{ data_directory: string }]
    await server[Symbol.asyncDispose]()
    expect([existsSync(data), isRunning(server.pid)]).toEqual([false, false])
  },
)

test.skipIf(postgresql.path === null)(
  'a PostgreSQL that is killed has what was committed when it is started again',
  async () => {
    await using server = await startPostgres({ path: postgresql.path ?? '' })
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    // Its processes have to see that the first is gone.
    const cut = ask(server.url, 'SELECT pg_sleep(60)').then(() => 'answered', String)
    const asleep = "SELECT 1 AS one FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    await expect.poll(() => ask(server.url, asleep)).toEqual([{ one: 1 }])
    await server.kill()
    expect(await cut).toMatch(/ECONNRESET|terminated/)
    await server.restart()
    expect(await ask(server.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
  },
)

test.skipIf('missing' in nats)(
  'a NATS is killed, starts anew on the same port, and leaves nothing behind',
  async () => {
    const server = await startNats(nats as { path: string })
    const { port } = new URL(server.url)
    // It says by itself what it is.
    expect(await say(Number(port), '')).toContain('"jetstream":true')
    await server.kill()
    expect(await say(Number(port), '')).toBe(null)
    await server.restart()
    expect(await say(Number(port), '')).toContain('INFO')
    await server[Symbol.asyncDispose]()
    expect(isRunning(server.pid)).toBe(false)
  },
)

test.skipIf(postgresql.path === null || 'missing' in memcached)(
  'servers end with the process that started them, however it ends',
  async () => {
    const program = `
    import { startMemcached } from '${import.meta.dirname}/memcached.ts'
    import { startPostgres } from '${import.meta.dirname}/postgres.ts'
    const postgres = await startPostgres(${JSON.stringify(postgresql)})
    const memcached = await startMemcached(${JSON.stringify(memcached)})
    console.log(JSON.stringify([postgres.url, postgres.pid, memcached.pid]))
    setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const [url, ...pids] = JSON.parse(line.toString()) as [string, number, number]
    const [{ data_directory: data }] = (await ask(url, 'SHOW data_directory')) as [{ data_directory: string }]
    expect(pids.map(isRunning)).toEqual([true, true])
    owner.kill('SIGKILL')
    await expect.poll(() => [pids.map(isRunning), existsSync(data)]).toEqual([[false, false], false])
  },
)
