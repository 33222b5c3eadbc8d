import { countedId } from '../store/columns.ts'
import type { Database } from '../store/database.ts'
import type { Migration } from '../store/migrate.ts'
import type { TrackedEvent } from '../wire/event.ts'

/** A tracked event with who sent it and when it arrived. */
export interface StoredEvent extends TrackedEvent {
  user: string | null
  /** Milliseconds since the epoch, by the server's clock. */
  receivedAt: number
}

/** Part of a database's schema: the table that {@link eventMigrations} make. */
export interface EventSchema {
  event: {
    user_id: string | null
    name: string
    at: number
    received_at: number
    /** JSON, or null where the event has no data. */
    data: string | null
  }
}

/** The table `event`: append only, read by time and name. */
export const eventMigrations: Record<string, Migration> = {
  '0100-event': {
    async up(db, dialect) {
      await db.schema
        .createTable('event')
        .addColumn('id', ...countedId(dialect))
        .addColumn('user_id', 'text')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('received_at', 'bigint', (column) => column.notNull())
        .addColumn('data', 'text')
        .execute()
      await db.schema.createIndex('event_by_name').on('event').columns(['name', 'received_at']).execute()
    },
  },
}

/** Milliseconds from the epoch that a Date reaches. A sender's clock may say anything, and one time that the column cannot hold fails the whole batch. */
const FURTHEST = 8.64e15

/** Writes events into the table, one statement a batch. */
export function eventTable(database: Database<EventSchema>): (events: readonly StoredEvent[]) => Promise<void> {
  return async (events) => {
    const rows = events.map(({ user, name, at, receivedAt, data }) => ({
      user_id: user,
      name,
      at: Math.round(Math.max(-FURTHEST, Math.min(at, FURTHEST))),
      received_at: receivedAt,
      data: data === undefined ? null : JSON.stringify(data),
    }))
    await database.kysely.insertInto('event').values(rows).execute()
  }
}
