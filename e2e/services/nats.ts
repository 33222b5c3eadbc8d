import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Program, startProgram, untilReady } from './program.ts'

export interface NatsOptions {
  /** The program `nats-server`, as `provision('nats')` found it. */
  path: string
  /** More of its own flags. */
  args?: string[]
  /** Default true: streams, kept in a folder of its own. */
  jetstream?: boolean
}

/** A NATS of one's own on 127.0.0.1. Disposing ends it and removes what it kept. */
export interface Nats extends AsyncDisposable {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string
  readonly pid: number
  /** Ends it at once, as a crash does; its streams stay on the disk. Nothing where it has ended. */
  kill(): Promise<void>
  /** Starts it anew on the same port, with the streams it kept; one that runs is killed first. */
  restart(): Promise<void>
}

/** Starts a NATS and waits until it takes connections. @throws Error with what it said where it does not. */
export async function startNats({ path, args = [], jetstream = true }: NatsOptions): Promise<Nats> {
  const folder = await mkdtemp(join(tmpdir(), 'firstframe-nats-'))
  const port = await freePort()
  const streams = jetstream ? ['-js', '-sd', folder] : []

  async function start(): Promise<Program> {
    const program = await startProgram({
      command: path,
      args: ['-a', '127.0.0.1', '-p', String(port), ...streams, ...args],
      folder,
    })
    await untilReady(program, { name: 'NATS', isReady: () => greets(port) })
    return program
  }

  let program = await start()
  const kill = async () => await program[Symbol.asyncDispose]()
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return program.pid
    },
    kill,
    async restart() {
      await kill()
      program = await start()
    },
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** It speaks first. */
async function greets(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    const [words] = (await once(socket, 'data')) as [Buffer]
    return words.toString().startsWith('INFO ')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
