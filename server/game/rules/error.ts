/** Why a rule refused. The pages tell these apart by `status`, tests by `code`. */
export type RuleCode =
  | 'unknown'
  | 'input'
  | 'stale'
  | 'locked'
  | 'energy'
  | 'coins'
  | 'health'
  | 'healthy'
  | 'missing'
  | 'worn'
  | 'stock'
  | 'full'
  | 'top'
  | 'nothing'
  | 'self'
  | 'resting'
  | 'reach'
  | 'key'

/** 404: no such thing; 409: not now, the state is another; 422: the request makes no sense at any time. */
const STATUS: Readonly<Record<RuleCode, 404 | 409 | 422>> = {
  unknown: 404,
  input: 422,
  self: 422,
  key: 422,
  stale: 409,
  locked: 409,
  energy: 409,
  coins: 409,
  health: 409,
  healthy: 409,
  missing: 409,
  worn: 409,
  stock: 409,
  full: 409,
  top: 409,
  nothing: 409,
  resting: 409,
  reach: 409,
}

/** An action the rules do not allow; the state stays as it was. */
export class RuleError extends Error {
  readonly code: RuleCode
  /** The reason as a sentence for the player: what it would take, and what there is. */
  readonly words: string
  readonly status: 404 | 409 | 422

  constructor(code: RuleCode, words: string) {
    super(`${code}: ${words}`)
    this.name = 'RuleError'
    this.code = code
    this.words = words
    this.status = STATUS[code]
  }
}

/** @throws RuleError `input` unless the value is a whole number from 0 up, as a form's field should hold. */
export function whole(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RuleError('input', `The ${what} should be a whole number from 0 up, and “${String(value)}” is none.`)
}
