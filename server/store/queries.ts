import type { CompiledQuery, Kysely } from 'kysely'
import type { AnySchema, Entity, EntityRow } from './entities.ts'

/** Most ids in one `WHERE id IN (…)`; more are read in several. */
const MOST_IDS = 256

/** One entity's statements for one database, compiled by Kysely when first needed and kept: building them costs more than running them. */
export class Queries<Row extends EntityRow> {
  readonly #entity: Entity<Row>
  readonly #db: Kysely<AnySchema>
  readonly #selects = new Map<number, CompiledQuery>()
  readonly #insert: CompiledQuery
  readonly #update: CompiledQuery
  readonly #delete: CompiledQuery
  readonly #version: CompiledQuery

  constructor(entity: Entity<Row>, kysely: unknown) {
    const db = kysely as Kysely<AnySchema>
    const { table, columns, idColumn, versionColumn } = entity
    // The values are placeholders: only the SQL and the order of its parameters are kept.
    const values = Object.fromEntries(columns.map((column) => [column, 0]))
    this.#entity = entity
    this.#db = db
    this.#insert = db.insertInto(table).values(values).compile()
    this.#update = db.updateTable(table).set(values).where(idColumn, '=', 0).where(versionColumn, '=', 0).compile()
    this.#delete = db.deleteFrom(table).where(idColumn, '=', 0).where(versionColumn, '=', 0).compile()
    this.#version = db.selectFrom(table).select(versionColumn).where(idColumn, '=', 0).compile()
  }

  /** The rows there are, by id. */
  async select(db: Executor, ids: readonly string[]): Promise<Map<string, Row>> {
    const rows = new Map<string, Row>()
    // PostgreSQL's texts have no zero bytes, and it refuses to look for one.
    const known = ids.filter((id) => !id.includes('\0'))
    for (let start = 0; start < known.length; start += MOST_IDS) {
      const some = known.slice(start, start + MOST_IDS)
      const { rows: records } = await db.executeQuery<Record<string, unknown>>(this.#selectOf(some))
      for (const record of records) {
        const row = this.#entity.fromRecord(record)
        rows.set(row.id, row)
      }
    }
    return rows
  }

  async insert(db: Executor, row: Row): Promise<void> {
    await db.executeQuery(withParameters(this.#insert, this.#entity.toParameters(row)))
  }

  /** Writes `row` over the version `expected`; false when there is no such row. */
  async update(db: Executor, row: Row, expected: number): Promise<boolean> {
    const parameters = [...this.#entity.toParameters(row), row.id, expected]
    return matched(await db.executeQuery(withParameters(this.#update, parameters)))
  }

  async delete(db: Executor, id: string, expected: number): Promise<boolean> {
    return matched(await db.executeQuery(withParameters(this.#delete, [id, expected])))
  }

  /** The version in the database, or null when there is no such row. */
  async version(db: Executor, id: string): Promise<number | null> {
    const { rows } = await db.executeQuery<Record<string, number>>(withParameters(this.#version, [id]))
    return rows[0]?.[this.#entity.versionColumn] ?? null
  }

  /** Rounded up to a power of two with the last id repeated, so that a few statements serve all sizes. */
  #selectOf(ids: string[]): CompiledQuery {
    const size = 2 ** Math.ceil(Math.log2(ids.length))
    let select = this.#selects.get(size)
    if (!select) {
      const { table, columns, idColumn } = this.#entity
      const places = Array.from({ length: size }, () => 0)
      select = this.#db.selectFrom(table).select(columns).where(idColumn, 'in', places).compile()
      this.#selects.set(size, select)
    }
    const padding = Array.from({ length: size - ids.length }, () => ids.at(-1))
    return withParameters(select, [...ids, ...padding])
  }
}

/** What of Kysely these statements need; a transaction has it as well. */
export interface Executor {
  executeQuery<R>(query: CompiledQuery<R>): Promise<{ rows: R[]; numAffectedRows?: bigint }>
}

function withParameters<R>(query: CompiledQuery, parameters: unknown[]): CompiledQuery<R> {
  return { ...(query as CompiledQuery<R>), parameters }
}

function matched(result: { numAffectedRows?: bigint }): boolean {
  return (result.numAffectedRows ?? 0n) > 0n
}
