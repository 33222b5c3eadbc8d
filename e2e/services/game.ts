import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** What `npm run build` made: the whole server in one folder. */
export const BUILT = join(root, 'dist/server/index.js')
/** The same server as it stands in the sources. */
export const SOURCE = join(root, 'server/main.ts')

export interface GameOptions {
  /** Script to start. Default {@link BUILT}. */
  entry?: string
  args?: string[]
  /** Where to start it. Default an empty folder of its own. */
  cwd?: string
  /** Variables over those of a test's game: a free port and a database of its own. */
  env?: Record<string, string>
}

/** Characters of output kept. */
const KEPT = 8_000_000

/** A running server. Disposing stops it and removes its database. */
export interface Game extends AsyncDisposable {
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly url: string
  readonly pid: number
  /** All it has said so far, both outputs; of very much the last 8 million characters. */
  output(): string
  /** Asks it to end. @returns its exit code; null where a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** How a start that came to nothing ended. */
export class StartFailed extends Error {
  override name = 'StartFailed'
  readonly code: number | null
  readonly output: string
  constructor(code: number | null, output: string) {
    super(`the server ended with code ${code} before it was ready:\n${output}`)
    this.code = code
    this.output = output
  }
}

/** Starts a server and waits for its `ready` line. @throws {StartFailed} where it ends before. */
export async function startGame({ entry = BUILT, args = [], cwd, env = {} }: GameOptions = {}): Promise<Game> {
  const folder = await mkdtemp(join(tmpdir(), 'emberwood-'))
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: cwd ?? folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'game.db')}`, ...env },
  })
  let output = ''
  let isReady = false
  const ended = Promise.withResolvers<number | null>()
  const ready = Promise.withResolvers<string>()
  const hear = (chunk: string) => {
    output += chunk
    if (output.length > 2 * KEPT) output = output.slice(-KEPT)
    if (isReady) return
    const url = /^ready (http:\S+)$/m.exec(output)?.[1]
    if (url === undefined) return
    isReady = true
    ready.resolve(url)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  child.once('error', ready.reject)
  child.once('close', (code) => {
    ended.resolve(code)
    ready.reject(new StartFailed(code, output))
  })
  const tooLong = setTimeout(() => {
    child.kill('SIGKILL')
    ready.reject(new StartFailed(null, `${output}\n(not ready within 60 s)`))
  }, 60_000)
  const dispose = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended.promise
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const url = await ready.promise
    return {
      url,
      pid: child.pid ?? 0,
      output: () => output,
      stop(signal = 'SIGTERM') {
        child.kill(signal)
        return ended.promise
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  } finally {
    clearTimeout(tooLong)
  }
}

/** The caller's variables without the game's own, which would leak a developer's settings into a test, or what Vite has set in its process. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own =
    /^(?:NODE_ENV|PORT|HOST|DATABASE_URL|MEMCACHED_SERVERS|BUS_URL|EVENTS_URL|ASSET_BASE|INSTANCES|REQUEST_TIMEOUT|BALANCER_LOG|SESSION_SECRETS|INSPECT_TOKEN|LOG)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
