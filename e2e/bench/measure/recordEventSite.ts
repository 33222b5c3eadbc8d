import express, { type RequestHandler, type Router } from 'express'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { door } from '../kit.ts'
import { answer } from '../side.ts'

/** Microseconds of this process, and rows that are stored. */
export interface Spent {
  cpu: number
  rows: number
}

interface Database {
  kysely: {
    selectFrom(table: 'event'): {
      select(count: (build: { fn: { countAll(): { as(name: 'rows'): unknown } } }) => unknown): {
        executeTakeFirstOrThrow(): Promise<{ rows: number }>
      }
    }
  }
}

const { requestId } = await door<{ requestId: () => RequestHandler }>('server/requestid')
const { timing } = await door<{ timing: (options: object) => RequestHandler }>('server/timing')
const { Timings } = await door<{ Timings: new () => object }>('server/timings')
const { headers } = await door<{ headers: () => RequestHandler }>('server/headers')
const { session } = await door<{ session: (options: { secrets: string[] }) => RequestHandler }>('server/session')
const { crossSite } = await door<{ crossSite: () => RequestHandler }>('server/crosssite')
const { collect, createEvents } = await door<{
  collect: (options: object) => Router
  createEvents: (options: object) => object
}>('server/events')
const { eventMigrations, eventTable } = await door<{
  eventMigrations: object
  eventTable: (database: Database) => unknown
}>('server/events/table')
const { openDatabase } = await door<{ openDatabase: (url: string) => Database }>('server/database')
const { migrate } = await door<{ migrate: (database: Database, migrations: object) => Promise<unknown> }>(
  'server/migrate',
)

// The server's own chain in front of both, as server/app.ts has it; one of them has an empty handler behind it.
const folder = mkdtempSync(join(tmpdir(), 'record-event-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const database = openDatabase(`sqlite:${join(folder, 'events.db')}`)
await migrate(database, eventMigrations)
const timings = new Timings()
const app = express()
app.disable('x-powered-by')
app.disable('etag')
app.set('query parser', 'simple')
app.get('/spent', async (_req, res) => {
  const { user, system } = process.cpuUsage()
  const { rows } = await database.kysely
    .selectFrom('event')
    .select(({ fn }) => fn.countAll().as('rows'))
    .executeTakeFirstOrThrow()
  res.json({ cpu: user + system, rows } satisfies Spent)
})
app.use(requestId(), timing({ timings, log: () => {} }), headers())
app.use(session({ secrets: ['a-secret-for-the-bench'] }), crossSite())
app.get('/in', (req, res) => {
  ;(req as unknown as { session: { signIn(user: string): void } }).session.signIn('ada')
  res.end()
})
app.post('/empty', (_req, res) => void res.status(204).end())
app.use(collect({ events: createEvents({ sink: eventTable(database) }), timings }))

const server = createServer(app).listen(0, '127.0.0.1', () => answer((server.address() as AddressInfo).port))
process.once('SIGTERM', () => process.exit(0))
