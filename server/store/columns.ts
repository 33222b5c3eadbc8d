import { type ColumnBuilderCallback, type CreateTableBuilder, sql } from 'kysely'
import type { DialectName } from './engine.ts'

// Types of columns that the databases call by different names, for migrations: the columns do the same on both.

type DataType = Parameters<CreateTableBuilder<string>['addColumn']>[1]

/**
 * An id that the database counts up and never gives twice, the primary key: `.addColumn('id', ...countedId(dialect))`.
 *
 * On PostgreSQL it is counted when the row is inserted, not when it is committed: who reads the rows in the order of their ids may see a later one
 * first, unless those who insert take turns by first locking something that they share.
 */
export function countedId(dialect: DialectName): [DataType, ColumnBuilderCallback] {
  const count: ColumnBuilderCallback = (column) =>
    dialect === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedByDefaultAsIdentity()
  return [countedIdType(dialect), count]
}

/** For columns that hold another row's counted id. */
export function countedIdType(dialect: DialectName): DataType {
  return dialect === 'sqlite' ? 'integer' : 'bigint'
}

/**
 * Text that is sorted and compared by its bytes, as SQLite does, and JavaScript for ASCII: for ids that are sorted by. PostgreSQL sorts other text by
 * the language that the database was made for.
 */
export function bytewiseText(dialect: DialectName): DataType {
  return dialect === 'sqlite' ? 'text' : sql`text COLLATE "C"`
}
