import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, killed, service } from '../services.ts'
import type { Database } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { type Scratch, scratchDatabase } from '../store/scratch.ts'
import type { DialectName } from '../store/engine.ts'
import { eventMigrations, type EventSchema, type StoredEvent } from './table.ts'

// What this room's tests stand on: a real NATS that can be killed and started, and a database with the table of events.

/** A NATS of a test's own. */
export interface TestNats extends AsyncDisposable {
  url: string
  /** At once, as a crash: what its streams hold stays on the disk. */
  kill(): Promise<void>
  /** Anew, on the same port and disk. */
  restart(): Promise<void>
}

/** Whether there is a NATS to run: `test.skipIf(!hasNats)`. */
export const hasNats = service('nats') !== undefined

/** Starts the machine's NATS on a free port, by default with JetStream. */
export async function startNats(...flags: string[]): Promise<TestNats> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-test-'))
  const port = await freePort()
  const args = ['-a', '127.0.0.1', '-p', String(port), ...(flags.length > 0 ? flags : ['-js', '-sd', folder])]
  let child = await run(port, args)
  const kill = () => killed(child)
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      child = await run(port, args)
    },
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function run(port: number, args: string[]): Promise<ChildProcess> {
  const child = spawn(service('nats')?.path ?? 'nats-server', args, { stdio: 'ignore' })
  for (let isUp = false; !isUp;) {
    if (child.exitCode !== null) throw new Error(`nats-server ${args.join(' ')} ended with code ${child.exitCode}`)
    const socket = connect({ host: '127.0.0.1', port })
    // It speaks first.
    isUp = await once(socket, 'data').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (!isUp) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return child
}

/** A database of a test's own with the table in it. */
export async function eventDatabase(dialect: DialectName): Promise<Scratch<EventSchema>> {
  const scratch = await scratchDatabase<EventSchema>(dialect)
  await migrate(scratch.database, eventMigrations)
  return scratch
}

/** Ids that are stored, in their order. */
export const storedIds = async ({ kysely }: Database<EventSchema>): Promise<(string | null)[]> =>
  (await kysely.selectFrom('event').select('event_id').orderBy('event_id').execute()).map(({ event_id }) => event_id)

let count = 0
/** One that never was before. */
export function someEvent(event: Partial<StoredEvent> = {}): StoredEvent {
  const id = `event-${String(count++).padStart(6, '0')}`
  return { id, user: 'ada', name: 'gift', toldBy: 'page', at: 5, receivedAt: 6, ...event } as StoredEvent
}

/** Folder of source maps, as a build keeps them. Disposing removes it. */
export interface TestMaps extends Disposable {
  dir: string
  /** Keeps the map of a script whose first line was `source`'s fifth, and from column 10 on its sixth, from the third column on. */
  keep(release: string, script: string, source: string): void
}

export function testMaps(): TestMaps {
  const dir = mkdtempSync(join(tmpdir(), 'maps-test-'))
  return {
    dir,
    keep(release, script, source) {
      mkdirSync(join(dir, release, 'assets'), { recursive: true })
      const map = { version: 3, names: [], sources: [source], mappings: 'AAIA,UACE' }
      writeFileSync(join(dir, release, 'assets', `${script}.map`), JSON.stringify(map))
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  }
}
