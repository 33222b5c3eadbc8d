import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort, untilReady, startProgram, type Program } from './program.ts'

export interface MemcachedOptions {
  /** The program, as `provision('memcached')` found it. */
  path: string
  /** Default a free one. */
  port?: number
  /** Megabytes it may fill. Default 64. */
  megabytes?: number
  /** More of its own flags. */
  args?: string[]
}

/** A memcached of one's own on 127.0.0.1. Disposing ends it. */
export interface Memcached extends AsyncDisposable {
  readonly port: number
  /** As `MEMCACHED_SERVERS` takes it: `127.0.0.1:PORT`. */
  readonly address: string
  readonly pid: number
  /** Ends it at once, as a crash does: what it held is lost, connections are reset. Nothing where it has ended. */
  kill(): Promise<void>
  /** Starts it anew, empty, on the same port; one that runs is killed first. */
  restart(): Promise<void>
  /** Stops it in its tracks: connections stay open and nothing answers, as in a machine that swaps. */
  pause(): void
  /** Goes on from {@link Memcached.pause}. */
  resume(): void
}

/** Starts a memcached and waits until it takes connections. @throws Error with what it said where it does not. */
export async function startMemcached(options: MemcachedOptions): Promise<Memcached> {
  const port = options.port ?? (await freePort())
  let program = await run(options, port)
  const kill = async () => await program[Symbol.asyncDispose]()
  return {
    port,
    address: `127.0.0.1:${port}`,
    get pid() {
      return program.pid
    },
    kill,
    async restart() {
      await kill()
      program = await run(options, port)
    },
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
    [Symbol.asyncDispose]: kill,
  }
}

async function run({ path, megabytes = 64, args = [] }: MemcachedOptions, port: number): Promise<Program> {
  const program = await startProgram({
    command: path,
    // It refuses to run as root without being told as whom.
    args: ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', String(megabytes), '-u', 'nobody', ...args],
  })
  await untilReady(program, { name: 'memcached', isReady: () => takesConnections(port) })
  return program
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
