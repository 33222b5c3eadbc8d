/** A versioned write matched no row: somebody else wrote it, or it is gone. Nothing of the transaction stays. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
  /** The entity's name; `ledger` when the action had been applied before, or was at the same time. */
  readonly entity: string
  readonly id: string
  /** The version the writer had read. */
  readonly expected: number
  /** The version in the database, null when there is no such row. */
  readonly found: number | null

  constructor(entity: string, id: string, expected: number, found: number | null) {
    const has = found === null ? 'no such row' : `version ${found}`
    super(
      `${entity} ${JSON.stringify(id)} was written from version ${expected}, but the database has ${has}: read it again`,
    )
    this.entity = entity
    this.id = id
    this.expected = expected
    this.found = found
  }
}

/** Whether a transaction failed because others were at work at the same time, so that it may succeed when it is run again. */
export function isContention(database: { isContended: (error: unknown) => boolean }, error: unknown): boolean {
  return error instanceof Conflict || database.isContended(error)
}
