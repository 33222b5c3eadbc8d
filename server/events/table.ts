import { sql } from 'kysely'
import { countedId } from '../store/columns.ts'
import type { Database } from '../store/database.ts'
import type { Migration } from '../store/migrate.ts'
import type { EventName, TrackedEvent } from '../wire/event.ts'

/** A tracked event with who sent it and when it arrived. */
export type StoredEvent = TrackedEvent & {
  id: string
  /** Whose session it was. */
  user: string | null
  /** The server knows what happened, a page says so. */
  toldBy: 'server' | 'page'
  /** Milliseconds since the epoch, by the server's clock. */
  receivedAt: number
}

/** Part of a database's schema: the table that {@link eventMigrations} make. */
export interface EventSchema {
  event: {
    id: number
    /** Null for those of before it was told. */
    event_id: string | null
    user_id: string | null
    name: EventName
    told_by: string
    at: number
    received_at: number
    /** JSON, or null where the event has no data. */
    data: string | null
  }
}

/** The table `event`: append only, read by name and time, or by player. */
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
  '0103-event-once': {
    async up(db) {
      await db.schema.alterTable('event').addColumn('event_id', 'text').execute()
      await db.schema
        .alterTable('event')
        .addColumn('told_by', 'text', (column) => column.notNull().defaultTo('page'))
        .execute()
      await sql`UPDATE event SET told_by = 'server' WHERE name NOT IN ('session-start', 'session-end', 'error')`.execute(
        db,
      )
      // Rows of before have none; many nulls are allowed.
      await db.schema.createIndex('event_once').unique().on('event').column('event_id').execute()
      await db.schema.createIndex('event_by_user').on('event').columns(['user_id', 'at']).execute()
    },
  },
  // All that `queries.ts` asks of a row, so that it reads no rows but those of errors and ended sessions.
  '0104-event-read': {
    async up(db) {
      for (const old of ['event_by_name', 'event_by_user']) await db.schema.dropIndex(old).execute()
      const index = (name: string, columns: string[]) =>
        db.schema.createIndex(name).on('event').columns(columns).execute()
      await index('event_by_name', ['name', 'told_by', 'received_at', 'user_id'])
      await index('event_by_user', ['user_id', 'received_at', 'told_by', 'name'])
    },
  },
}

/**
 * Writes events into the table, one statement a batch, whose text is the same whatever the number of rows: it is prepared once. An event whose id is there
 * already is left as it is. What it resolves for is committed.
 */
export function eventTable(database: Database<EventSchema>): (events: readonly StoredEvent[]) => Promise<void> {
  const rows = (json: string) =>
    database.dialect === 'sqlite'
      ? sql`SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 FROM json_each(${json})`
      : sql`SELECT value->>0, value->>1, value->>2, value->>3, (value->>4)::bigint, (value->>5)::bigint, value->>6 FROM json_array_elements(${json}::json)`
  return async (events) => {
    const json = JSON.stringify(
      events.map(({ id, user, name, toldBy, at, receivedAt, data }) => [
        id,
        user,
        name,
        toldBy,
        at,
        receivedAt,
        data && JSON.stringify(data),
      ]),
    )
    // SQLite takes "FROM … ON" for a join, unless something stands between them.
    await sql`INSERT INTO event (event_id, user_id, name, told_by, at, received_at, data) ${rows(json)}
      WHERE true ON CONFLICT (event_id) DO NOTHING`.execute(database.kysely)
  }
}
