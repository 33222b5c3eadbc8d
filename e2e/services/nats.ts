import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProgram, untilReady, type Program } from './program.ts'

export interface NatsOptions {
  /** The program, as `provision('nats')` found it. */
  path: string
}

/** A NATS with JetStream of one's own on 127.0.0.1. Disposing ends it and removes all it held. */
export interface Nats extends AsyncDisposable {
  /** As `EVENTS_URL` takes it. */
  readonly url: string
  readonly pid: number
  /** Ends it at once, as a crash does: what its streams hold stays on the disk. Nothing where it has ended. */
  kill(): Promise<void>
  /** Starts it anew, on the same port and disk; one that runs is killed first. */
  restart(): Promise<void>
}

/** Starts a NATS and waits until it speaks. @throws Error with what it said where it does not. */
export async function startNats({ path }: NatsOptions): Promise<Nats> {
  const folder = await mkdtemp(join(tmpdir(), 'firstframe-nats-'))
  const port = await freePort()
  const start = async () => {
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder]
    const program = await startProgram({ command: path, args, folder })
    await untilReady(program, { name: 'NATS', isReady: () => speaks(port) })
    return program
  }
  let program: Program = await start()
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

/** It says who it is to whoever connects. */
async function speaks(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'data')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
