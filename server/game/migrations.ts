import { bytewiseText, countedId, countedIdType } from '../store/columns.ts'
import type { Migration } from '../store/migrate.ts'

/** The game's tables. A step that has run anywhere is never changed: add another. */
export const gameMigrations: Readonly<Record<string, Migration>> = {
  '0100-game-player': {
    async up(db, dialect) {
      let table = db.schema
        .createTable('player')
        .addColumn('id', bytewiseText(dialect), (column) => column.primaryKey())
      for (const name of ['name', 'avatar', 'code', 'gear', 'bag', 'mastery', 'buildings', 'steps', 'battle'])
        table = table.addColumn(name, 'text', (column) => column.notNull())
      for (const name of ['version', 'level', 'xp', 'coins', 'energy', 'health', 'wins', 'losses', 'week', 'week_xp'])
        table = table.addColumn(name, 'integer', (column) => column.notNull())
      for (const name of ['energy_at', 'health_at', 'created_at'])
        table = table.addColumn(name, 'bigint', (column) => column.notNull())
      table = table
        .addColumn('band', 'integer', (column) => column.notNull())
        .addColumn('news_read', countedIdType(dialect), (column) => column.notNull())
        .addColumn('unread', 'integer', (column) => column.notNull())
      await table.addColumn('invited_by', 'text').execute()
      // Rivals: a seek into each level near one's own.
      await db.schema.createIndex('player_level').on('player').columns(['level', 'id']).execute()
      // The ladder, read from its best downwards and from any standing to its neighbours.
      await db.schema.createIndex('player_week').on('player').columns(['week', 'week_xp desc', 'id']).execute()
      await db.schema.createIndex('player_code').unique().on('player').column('code').execute()
    },
  },
  '0101-game-news': {
    async up(db, dialect) {
      await db.schema
        .createTable('news')
        // Never given twice, or a feed that resumes after the last id would miss one.
        .addColumn('id', ...countedId(dialect))
        .addColumn('player', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('picture', 'text', (column) => column.notNull())
        .addColumn('from_player', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('news_player').on('news').columns(['player', 'id']).execute()
    },
  },
  '0102-game-friend': {
    async up(db, dialect) {
      await db.schema
        .createTable('friend')
        .addColumn('player', 'text', (column) => column.notNull())
        .addColumn('friend', bytewiseText(dialect), (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('friend_key', ['player', 'friend'])
        .execute()
    },
  },
}
