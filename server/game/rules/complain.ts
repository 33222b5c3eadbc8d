/** Data that does not fit the rules. */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** A field of the data under check: where it stands, for the complaint. */
export interface Place {
  /** File in data/, without extension. */
  file: string
  /** The entry's id, or the name of a group of numbers. */
  entry: string
}

/** @throws DataError always. */
export function complain({ file, entry }: Place, field: string, value: unknown, expected: string): never {
  throw new DataError(`data/${file}.ts, ${entry}: ${field} is ${shown(value)}, expected ${expected}`)
}

/** @throws DataError unless the value is a whole number of at least `least`. */
export function wholeFrom(least: number, place: Place, field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < least) complain(place, field, value, `a whole number from ${least}`)
}

/** @throws DataError unless the value is a share from 0 to 1. */
export function share(place: Place, field: string, value: number): void {
  if (!(value >= 0 && value <= 1)) complain(place, field, value, 'a share from 0 to 1')
}

/** @throws DataError unless every number is greater than the one before it. */
export function rising(place: Place, field: string, values: readonly number[]): void {
  values.forEach((value, index) => {
    const before = values[index - 1]
    if (before !== undefined && value <= before)
      complain(place, `${field}[${index}]`, value, `more than ${before}, the one before it`)
  })
}

/** @throws DataError unless the id is one of those known. */
export function known(place: Place, field: string, id: string | undefined, ids: ReadonlySet<string>): void {
  if (id === undefined || !ids.has(id)) complain(place, field, id, `one of ${[...ids].join(', ')}`)
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing')
