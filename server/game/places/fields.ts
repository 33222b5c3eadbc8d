/** A form as it came: nothing in it is to be trusted. */
export type Fields = Readonly<Record<string, unknown>>

/** A form that no button of ours makes: a stale page, a typing mistake in a script, or mischief. */
export class FieldError extends Error {
  readonly status = 422
  /** Said to the player. */
  readonly words: string

  constructor(words: string) {
    super(words)
    this.words = words
  }
}

/** @throws FieldError where the field is missing, not one text, or longer than any of ours. */
export function word(fields: Fields, name: string, longest = 40): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '')
    throw new FieldError(`The form came without its ${name}. Open the page again.`)
  if (value.length > longest)
    throw new FieldError(`The ${name} has ${value.length} letters; at most ${longest} fit on the scroll.`)
  return value
}

/** @throws FieldError where the field is no whole number from 0 to 1,000,000,000. */
export function whole(fields: Fields, name: string): number {
  const text = word(fields, name)
  if (!/^\d{1,9}$/.test(text))
    throw new FieldError(`The ${name} should be a whole number, and “${text}” is none. Open the page again.`)
  return Number(text)
}
