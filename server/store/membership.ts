import type { EntityRow } from './entities.ts'

/** Fields of a row whose values are of type `T` and nothing else. */
export type FieldOf<Row, T> = { [Field in keyof Row & string]: Row[Field] extends T ? Field : never }[keyof Row &
  string]

/** What a row has to be like to be in a list: a number above another (null is not), or exactly a value. */
export type Condition<Row> =
  | { field: FieldOf<Row, number | null>; above: number }
  | { field: FieldOf<Row, string | number | null>; is: string | number | null }

/** Which rows are in whose list, and in what order. */
export interface Rule<Row> {
  /**
   * The field that names whose list a row is in: text or a whole number. A row whose owner is null or the empty text is in no list.
   */
  owner: FieldOf<Row, string | number | null>
  /**
   * What goes first, then what decides between equals; the id, ascending, always comes last, so that the order is total.
   * Text sorts as the database sorts it.
   */
  order: readonly { field: FieldOf<Row, string | number>; direction: 'asc' | 'desc' }[]
  /** All have to hold. Default: none, every row of the owner is a member. */
  where?: readonly Condition<Row>[]
}

/** The rule of a list, applied to rows at hand. The same in SQL is keyset.ts's. */
export class Membership<Row extends EntityRow> {
  readonly #rule: Rule<Row>

  constructor(rule: Rule<Row>) {
    this.#rule = rule
  }

  /** Whose list `row` is in; null when it is in none. */
  ownerOf(row: Row | null): string | null {
    if (row === null) return null
    const { owner, where = [] } = this.#rule
    return where.every((condition) => holds(row, condition)) ? ownerText(row[owner]) : null
  }

  /** The owners whose lists a write changes: none where it changes neither membership nor order. */
  changed(before: Row | null, after: Row | null): string[] {
    const [from, to] = [this.ownerOf(before), this.ownerOf(after)]
    if (from === to && (from === null || this.#isInPlace(before, after))) return []
    return Array.from(new Set([from, to])).filter((owner) => owner !== null)
  }

  #isInPlace(before: Row | null, after: Row | null): boolean {
    return this.#rule.order.every(({ field }) => before?.[field] === after?.[field])
  }
}

/** An owner as part of a key and as parameter of a statement, which both databases take for a number as well; null for nobody. */
export function ownerText(owner: unknown): string | null {
  if (typeof owner === 'number') return String(owner)
  return typeof owner === 'string' && owner !== '' ? owner : null
}

function holds<Row>(row: Row, condition: Condition<Row>): boolean {
  const value: unknown = row[condition.field]
  if ('is' in condition) return value === condition.is
  return typeof value === 'number' && value > condition.above
}
