import { setTimeout as sleep } from 'node:timers/promises'
import { door } from '../kit.ts'
import { answer, told } from '../side.ts'

// A process of many readers of one row. With no readers it makes the table and the row.

interface Entity {
  key(id: string): string
}
interface Session {
  get(entity: Entity, id: string): Promise<{ id: string } | null>
  transaction(
    work: (tx: { insert(entity: Entity, row: object): Promise<unknown> }) => Promise<unknown>,
  ): Promise<unknown>
}
interface Kysely {
  schema: { createTable(name: string): Table }
}
interface Table {
  addColumn(name: string, type: string): Table
  execute(): Promise<void>
}

const { port, file, readers, at } = told() as { port: number; file: string; readers: number; at: number }
const { openDatabase } = await door<{
  openDatabase: (
    url: string,
    options: { onStatement: (sql: string) => void },
  ) => { kysely: Kysely; close(): Promise<void> }
}>('server/database')
const { createStore } = await door<{ createStore: (options: object) => { session(): Session } }>('server/store')
const { defineEntity } = await door<{ defineEntity: (options: object) => Entity }>('server/entities')
const { createSharedCache } = await door<{
  createSharedCache: (options: object) => { ready(): Promise<void>; close(): unknown }
}>('server/cache/shared')

let loads = 0
const database = openDatabase(`sqlite:${file}`, {
  onStatement: (sql) => {
    if (/^select/i.test(sql)) loads++
  },
})
const cache = createSharedCache({ servers: [{ host: '127.0.0.1', port }] })
await cache.ready()
const Hero = defineEntity({
  name: 'hero',
  table: 'hero',
  schema: 1,
  columns: { id: 'id', version: 'version', name: 'name' },
})
const store = createStore({ database, cache })
if (readers === 0) {
  await database.kysely.schema
    .createTable('hero')
    .addColumn('id', 'text')
    .addColumn('version', 'integer')
    .addColumn('name', 'text')
    .execute()
  await store.session().transaction((tx) => tx.insert(Hero, { id: 'a', version: 1, name: 'Ada' }))
  answer({ loads, read: 0 })
} else {
  await sleep(Math.max(0, at - Date.now()))
  const rows = await Promise.all(Array.from({ length: readers }, () => store.session().get(Hero, 'a')))
  // Whoever read the database stores what it read after it has answered.
  await sleep(500)
  answer({ loads, read: rows.filter((row) => row?.id === 'a').length })
}
cache.close()
await database.close()
