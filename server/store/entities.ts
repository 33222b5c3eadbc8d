import { cacheKey } from '../cache/cache.ts'

/** What every entity's row has. */
export interface EntityRow {
  id: string
  /** 1 when inserted, one more with each write. */
  version: number
}

/** Any Kysely schema: table -> column -> type. */
export type AnySchema = Record<string, Record<string, unknown>>

/** One table's name together with a column of it for every field of the row. */
type Mapping<Row, Schema> = {
  [Table in keyof Schema & string]: {
    /** The table the rows are in. */
    table: Table
    /** The column of every field. */
    columns: { [Field in keyof Row & string]-?: keyof Schema[Table] & string }
  }
}[keyof Schema & string]

export type EntityOptions<Row extends EntityRow, Schema> = Mapping<Row, Schema> & {
  /** Part of the cache key and of the counters' names: letters, digits, `-`, `_`, `.`. */
  name: string
  /** Raise it when the shape of the row changes: cached rows of another number are never read. */
  schema: number
  /** Fields kept as JSON text in their column. */
  json?: readonly (keyof Row & string)[]
}

/** A kind of row that the store reads by id and writes by version; made by {@link defineEntity}. */
export interface Entity<Row extends EntityRow> {
  readonly name: string
  readonly table: string
  /** Columns in the order that {@link Entity.toParameters} gives their values. */
  readonly columns: readonly string[]
  readonly idColumn: string
  readonly versionColumn: string
  /** The cache's key for an id. */
  readonly key: (id: string) => string
  /** A frozen row from what the database gave. */
  fromRecord(record: Record<string, unknown>): Row
  toParameters(row: Row): unknown[]
  /** Whether what the cache gave is the row of `id`: damage and mix-ups are misses. */
  readonly isRow: (value: unknown, id: string) => value is Row
}

/**
 * Describes a kind of row to the store.
 *
 * ```ts
 * const Player = defineEntity<Player, Tables>({ name: 'player', table: 'player', schema: 1, json: ['bag'],
 *   columns: { id: 'id', version: 'version', name: 'name', bag: 'bag' } })
 * ```
 *
 * With the Kysely schema as second type, table and columns are checked against it.
 */
export function defineEntity<Row extends EntityRow, Schema = AnySchema>(
  options: EntityOptions<Row, Schema>,
): Entity<Row> {
  const { name, table, schema } = options
  const fields = Object.keys(options.columns) as (keyof Row & string)[]
  const columnOf = options.columns as Record<keyof Row & string, string>
  const json = new Set<string>(options.json)
  const keyNames = ['e', name, String(schema)]
  cacheKey(keyNames, 'checked-once')

  return {
    name,
    table,
    columns: fields.map((field) => columnOf[field]),
    idColumn: columnOf.id,
    versionColumn: columnOf.version,
    key: (id) => cacheKey(keyNames, id),
    fromRecord(record) {
      const row: Record<string, unknown> = {}
      for (const field of fields) {
        const value = record[columnOf[field]]
        row[field] = json.has(field) && typeof value === 'string' ? (JSON.parse(value) as unknown) : value
      }
      return deepFreeze(row as unknown as Row)
    },
    toParameters: (row) => fields.map((field) => (json.has(field) ? JSON.stringify(row[field]) : row[field])),
    isRow: (value, id): value is Row =>
      typeof value === 'object' &&
      value !== null &&
      (value as Row).id === id &&
      Number.isInteger((value as Row).version),
  }
}

/** Freezes a value made of plain objects and arrays, stopping where something is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
