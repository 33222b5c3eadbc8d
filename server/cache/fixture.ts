import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type Server as TcpServer, type Socket } from 'node:net'
import { freePort, killed, service } from '../services.ts'
import type { Answer, Cache, GetOptions } from './cache.ts'

// What this room's tests stand on: a real memcached that can be killed, stopped and started, and servers that are none.

/** What a cache knows of one key. */
export async function look(cache: Cache, key: string, options?: GetOptions): Promise<Answer> {
  const [answer] = await cache.get([key], options)
  return answer ?? { kind: 'none' }
}

/** The lease that a miss hands out. */
export async function miss(cache: Cache, key: string): Promise<string> {
  const answer = await look(cache, key)
  if (answer.kind !== 'miss') throw new Error(`expected a miss, got ${answer.kind}`)
  return answer.lease
}

/** A memcached of a test's own. */
export interface TestServer extends AsyncDisposable {
  host: string
  port: number
  /** At once, as a crash. */
  kill(): Promise<void>
  /** Anew and empty, on the same port. */
  restart(): Promise<void>
  /** Stops it: its connections stand, and nothing answers. Resolves when it has stopped. */
  pause(): Promise<void>
  resume(): void
}

/** Whether there is a memcached to run: `test.skipIf(!hasMemcached)`. */
export const hasMemcached = service('memcached') !== undefined

/** Starts the machine's memcached on a free port. */
export async function startMemcached(...flags: string[]): Promise<TestServer> {
  const port = await freePort()
  let child = await run(port, flags)
  const kill = () => killed(child)
  return {
    host: '127.0.0.1',
    port,
    kill,
    async restart() {
      await kill()
      child = await run(port, flags)
    },
    async pause() {
      child.kill('SIGSTOP')
      while (!isStopped(child.pid)) await new Promise((resolve) => setTimeout(resolve, 1))
    },
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: kill,
  }
}

/** A signal takes its time to reach each thread. Elsewhere than on Linux it has to be quick. */
function isStopped(pid: number | undefined): boolean {
  const threads = `/proc/${pid}/task`
  if (!existsSync(threads)) return true
  return readdirSync(threads).every((thread) => / T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8')))
}

async function run(port: number, flags: string[]): Promise<ChildProcess> {
  const found = service('memcached')
  if (!found) throw new Error('there is no memcached on this machine: skip this test by hasMemcached')
  const own = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody', '-m', '64']
  const child = spawn(found.path, [...own, ...flags], { stdio: 'ignore' })
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port })
    const [how] = await Promise.race([
      once(socket, 'connect').then(
        () => ['up'],
        () => ['not yet'],
      ),
      once(child, 'exit').then(() => ['over']),
    ])
    socket.destroy()
    if (how === 'up') return child
    if (how === 'over') throw new Error(`${found.path} ended with code ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Something else on a port: `answer` hears what arrives on a connection. */
export async function listenRaw(
  answer: (bytes: Buffer, socket: Socket) => void,
): Promise<{ host: string; port: number; sockets: Set<Socket> } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server: TcpServer = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', (bytes: Buffer) => answer(bytes, socket))
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Passes bytes on to a server, and can hold back its answers or break off: a bad line. */
export async function bridge(to: { port: number }): Promise<
  {
    host: string
    port: number
    /** Milliseconds that each answer is late. */
    delay: number
    /** While true nothing that is sent arrives. */
    hold: boolean
    /** Chunks that went to the server: one for each write, where writes come apart. */
    writes: number
    /** Breaks all connections. */
    cut: () => void
  } & AsyncDisposable
> {
  const ends = new Set<Socket>()
  const line = { delay: 0, hold: false, writes: 0 }
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: to.port, noDelay: true })
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        ends.delete(from)
        other.destroy()
      })
    }
    near.on('data', (bytes: Buffer) => {
      line.writes++
      if (!line.hold) far.write(bytes)
    })
    far.on('data', (bytes: Buffer) => {
      if (line.delay === 0) near.write(bytes)
      else setTimeout(() => near.writable && near.write(bytes), line.delay)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const cut = () => {
    for (const end of ends) end.destroy()
  }
  return Object.assign(line, {
    host: '127.0.0.1',
    port,
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  })
}
