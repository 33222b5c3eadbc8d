import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, startProgram, untilReady, type Account, type Program } from './program.ts'

const run = promisify(execFile)

export interface PostgresOptions {
  /** The program `postgres`, as `provision('postgresql')` found it; `initdb` lies beside it. */
  path: string
}

/** A throw-away PostgreSQL on 127.0.0.1. Disposing ends it and removes all it held. */
export interface Postgres extends AsyncDisposable {
  /** `postgres://…` of an empty database; its user is a superuser who needs no password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends it at once; open connections break. What was committed is there again after {@link Postgres.restart}. */
  stop(): Promise<void>
  /** Kills its first process, as a crash or the system short of memory does; the others end when they see it. What was committed is there again after {@link Postgres.restart}. */
  kill(): Promise<void>
  /** Starts it anew on the same port; one that runs is stopped first. */
  restart(): Promise<void>
}

const SUPERUSER = 'firstframe'

/** The one role that is asked for its password: a test about passwords makes it, `CREATE ROLE guarded LOGIN PASSWORD …`. */
export const GUARDED = 'guarded'

/**
 * Nothing of it has to survive the machine: https://www.postgresql.org/docs/current/non-durability.html. What was committed survives the server, so
 * `synchronous_commit` stays on; without fsync it costs a write to the system's memory.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Works when it likes: a test that counts or times wants the same each time.
  autovacuum: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
}

/** Starts a PostgreSQL of one's own, in under a second. @throws Error with what it said where it does not start. */
export async function startPostgres({ path }: PostgresOptions): Promise<Postgres> {
  const account = await unprivileged()
  const folder = await mkdtemp(join(tmpdir(), 'firstframe-postgres-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const data = join(folder, 'data')
  const port = await freePort()
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

  async function start(): Promise<Program> {
    // SIGQUIT is its immediate shutdown, which waits for nobody.
    const program = await startProgram({
      command: path,
      args: ['-D', data, ...settings],
      account,
      folder,
      endBy: 'QUIT',
    })
    const isReady = () => program.output().includes('ready to accept connections')
    await untilReady(program, { name: 'PostgreSQL', isReady, within: 30_000 })
    return program
  }

  let program: Program
  try {
    if (account) await chown(folder, account.uid, account.gid)
    await initialise(join(dirname(path), 'initdb'), data, account)
    program = await start()
  } catch (error) {
    await remove()
    throw error
  }
  const stop = async () => await program[Symbol.asyncDispose]()
  return {
    url: `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`,
    port,
    get pid() {
      return program.pid
    },
    stop,
    async kill() {
      program.signal('SIGKILL')
      await program.ended
    },
    async restart() {
      await stop()
      for (const deadline = Date.now() + 10_000; ; await sleep(20))
        try {
          program = await start()
          return
        } catch (error) {
          // Of one that was killed the last process has not seen it yet.
          if (!String(error).includes('shared memory block') || Date.now() > deadline) throw error
        }
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await remove()
    },
  }
}

async function initialise(initdb: string, data: string, account: Account | undefined): Promise<void> {
  const args = ['-D', data, '-U', SUPERUSER, '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust', '--no-sync']
  // Sorting as people do, which most servers are set to, shows who relies on the order of bytes without saying so. Older than 15 it cannot.
  const sorting = ['--locale-provider=icu', '--icu-locale=en']
  const options = { cwd: '/', ...account }
  await run(initdb, [...args, ...sorting], options).catch(() => run(initdb, args, options))
  const rules = `host all ${GUARDED} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n`
  await writeFile(join(data, 'pg_hba.conf'), rules)
}

/** PostgreSQL refuses to run as root; Debian's package brings an account for it. */
async function unprivileged(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (what: '-u' | '-g') => Number((await run('id', [what, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
