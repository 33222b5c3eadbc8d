import { cacheKeys } from '../cache/cache.ts'

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
  /** Seconds a row may stay in the cache: how old it can be where an invalidation is lost. Default {@link ROW_TTL}. */
  ttl?: number
  /** Seconds a row is kept in this process besides, where other processes' writes are not heard of. Default 0: not at all. */
  local?: number
  /** Seconds after its last write that a row's old value may be given to those who would else wait for the new one; never beyond its `ttl`. Default 0: they wait. */
  stale?: number
  /** Texts that rows hold again and again, as keys or values: the cache stores their numbers. */
  words?: readonly string[]
}

/** Seconds a row stays in the cache unless its entity says otherwise. */
export const ROW_TTL = 60

/** Something else in the cache that is made of an entity's rows. */
export interface Dependent<Row extends EntityRow> {
  /**
   * What a write makes old: keys, and how many seconds their old values may still be given. `before` is null for an insert, `after` for a delete.
   */
  changedBy(before: Row | null, after: Row | null): readonly { key: string; stale: number }[]
}

/** A kind of row that the store reads by id and writes by version; made by {@link defineEntity}. */
export interface Entity<Row extends EntityRow> {
  readonly name: string
  readonly table: string
  /** Columns in the order that {@link Entity.toParameters} gives their values. */
  readonly columns: readonly string[]
  readonly idColumn: string
  readonly versionColumn: string
  /** Fields in the order of {@link Entity.columns}. */
  readonly fields: readonly string[]
  readonly ttl: number
  readonly local: number
  readonly stale: number
  readonly words: readonly string[]
  /** Asked at every write of a row. `defineList` puts its lists here, so that writes find them without being told of any. */
  readonly dependents: Dependent<Row>[]
  /** The cache's key for an id. */
  readonly key: (id: string) => string
  columnOf(field: keyof Row & string): string
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
  const { name, table, schema, ttl = ROW_TTL, local = 0, stale = 0, words = [] } = options
  const fields = Object.keys(options.columns) as (keyof Row & string)[]
  const columnOf = options.columns as Record<keyof Row & string, string>
  const json = new Set<string>(options.json)
  const key = cacheKeys(['e', name, String(schema)])

  return {
    name,
    table,
    columns: fields.map((field) => columnOf[field]),
    fields,
    ttl,
    local,
    stale,
    words,
    idColumn: columnOf.id,
    versionColumn: columnOf.version,
    dependents: [],
    key,
    columnOf: (field) => columnOf[field],
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
