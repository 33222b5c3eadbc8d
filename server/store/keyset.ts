import { type CompiledQuery, type Expression, type ExpressionBuilder, type Kysely, sql, type SqlBool } from 'kysely'
import type { Entry } from './cursor.ts'
import type { AnySchema, Entity, EntityRow } from './entities.ts'
import type { Rule } from './membership.ts'

type Build = ExpressionBuilder<AnySchema, string>

/** Stand in a compiled statement where a value goes when it runs. */
const OWNER = Symbol('owner')
const LIMIT = Symbol('limit')

interface Key {
  column: string
  direction: 'asc' | 'desc'
  /** Stands for the last entry's value. */
  last: symbol
}

/**
 * A list's statements for one database, compiled by Kysely when first needed and kept. What follows an entry is sought along the index by the
 * entry's values and not counted off, so that members which come and go before it shift nothing (https://use-the-index-luke.com/no-offset).
 */
export class Keyset<Row extends EntityRow> {
  readonly #db: Kysely<AnySchema>
  readonly #entity: Entity<Row>
  readonly #rule: Rule<Row>
  /** As in an entry, the id last. */
  readonly #keys: readonly Key[]
  readonly #statements = new Map<string, CompiledQuery>()

  constructor(kysely: unknown, entity: Entity<Row>, rule: Rule<Row>) {
    this.#db = kysely as Kysely<AnySchema>
    this.#entity = entity
    this.#rule = rule
    const ordered = rule.order.map(({ field, direction }) => keyOf(entity.columnOf(field), direction))
    this.#keys = [...ordered, keyOf(entity.idColumn, 'asc')]
  }

  /** An owner's first entries. */
  first(owner: string, limit: number): Promise<Entry[]> {
    return this.#run('first', undefined, [
      [OWNER, owner],
      [LIMIT, limit],
    ])
  }

  /** The entries that follow `last`, which need not be in the list any more. */
  after(owner: string, [id, ...values]: Entry, limit: number): Promise<Entry[]> {
    const types = values.map(typeOf)
    const last = [...values, id].map((value, index): [unknown, unknown] => [this.#keys[index]?.last, value])
    return this.#run(types.join(), types, [[OWNER, owner], ...last, [LIMIT, limit]])
  }

  /** @param given what takes the places of the statement. */
  async #run(name: string, types: Type[] | undefined, given: [unknown, unknown][]): Promise<Entry[]> {
    let statement = this.#statements.get(name)
    if (!statement) this.#statements.set(name, (statement = this.#compile(types)))
    const values = new Map(given)
    const parameters = statement.parameters.map((parameter) => values.get(parameter) ?? parameter)
    const { rows } = await this.#db.executeQuery<Record<string, unknown>>({ ...statement, parameters })
    return rows.map((row) => this.#toEntry(row))
  }

  #toEntry(row: Record<string, unknown>): Entry {
    const values = this.#keys.map(({ column }) => {
      const value = row[column]
      if (typeof value === 'string' || typeof value === 'number') return value
      throw new Error(
        `a list of ${this.#entity.name} is ordered by the column ${column}, which holds ${String(value)}: expected text or a number in every row`,
      )
    })
    return [String(values.pop()), ...values]
  }

  #compile(types: Type[] | undefined): CompiledQuery {
    const entity = this.#entity
    const { owner, where = [] } = this.#rule
    let query = this.#db
      .selectFrom(entity.table)
      .select(Array.from(new Set(this.#keys.map(({ column }) => column))))
      .where(entity.columnOf(owner), '=', OWNER)
    for (const condition of where) {
      const column = entity.columnOf(condition.field)
      if ('above' in condition) query = query.where(column, '>', condition.above)
      else query = query.where(column, condition.is === null ? 'is' : '=', condition.is)
    }
    if (types) query = query.where((build) => this.#follows(build, types))
    for (const { column, direction } of this.#keys) query = query.orderBy(column, direction)
    return query.limit(sql<number>`${LIMIT}`).compile()
  }

  /** Behind the last entry: by the first key, or level in it and behind by the rest. The bound on the first key is what an index can seek. */
  #follows(build: Build, types: readonly Type[]): Expression<SqlBool> {
    const levels = this.#keys.map(({ column, direction, last }, index) => ({
      column,
      behind: direction === 'asc' ? ('>' as const) : ('<' as const),
      last: valueOf(last, types[index]),
    }))
    const behind = levels.reduceRight<Expression<SqlBool> | undefined>((rest, { column, behind, last }) => {
      const here = build(column, behind, last)
      return rest ? build.or([here, build.and([build(column, '=', last), rest])]) : here
    }, undefined)
    const [first] = levels
    if (!first || !behind) throw new Error('unreachable: the id is always a key')
    return levels.length === 1 ? behind : build.and([build(first.column, `${first.behind}=`, first.last), behind])
  }
}

type Type = 'text' | 'bigint' | 'double precision'

function keyOf(column: string, direction: 'asc' | 'desc'): Key {
  return { column, direction, last: Symbol(column) }
}

function typeOf(value: string | number): Type {
  if (typeof value === 'string') return 'text'
  return Number.isSafeInteger(value) ? 'bigint' : 'double precision'
}

/**
 * A number is cast: PostgreSQL would take it for one of the column's type and fail where it does not fit, which a cursor's may not. Against any
 * integer column a bigint still goes by the index.
 */
function valueOf(place: symbol, type: Type | undefined): Expression<unknown> {
  if (type === 'bigint') return sql`cast(${place} as bigint)`
  return type === 'double precision' ? sql`cast(${place} as double precision)` : sql`${place}`
}
