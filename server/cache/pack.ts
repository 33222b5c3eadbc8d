import {
  ARRAY,
  ASCII,
  ENCODINGS,
  FALSE,
  FAR_WORD,
  FLOAT,
  LESS,
  LONG_ARRAY,
  LONG_OBJECT,
  MORE,
  MOST_DEPTH,
  NEGATIVE,
  NOTHING,
  NULL,
  OBJECT,
  RECORD,
  TEXT,
  TRUE,
  UTF16,
  UTF8,
  WHOLE,
  WORD,
  type Fields,
  type Vocabulary,
} from './compact.ts'

const SCRATCH_BYTES = 4096
/** A scratch that has grown larger is let go of. */
const MOST_SCRATCH_BYTES = 64 * 1024
/** More than a tag and a number take. */
const SCALAR_BYTES = 16

// One value is packed at a time and nothing waits in between: where that stands is the module's.
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
let vocabulary: Vocabulary
let at = 0
let jsonBytes = 0
/** The last number of `e6` or `e7`. */
let large = 0
/** Keys and indices on the way to the value being written, for errors. */
const trail: (string | number)[] = []

export interface Packed {
  /** Lent until something else is packed. */
  body: Buffer
  /** What JSON would have taken, if nothing in its texts had to be escaped. */
  jsonBytes: number
}

/** The body of a value. @throws TypeError for what JSON cannot carry, with its place. */
export function pack(value: unknown, of: Vocabulary): Packed {
  vocabulary = of
  at = 0
  jsonBytes = 0
  large = 0
  const plain = withoutToJSON(value, 0)
  if (plain === undefined) throw unfit(plain, 0)
  if (typeof plain !== 'object' || plain === null) write(plain, 0)
  else if (Array.isArray(plain) || !writeRecord(plain as Fields)) writeContainer(plain, 0)
  const body = scratch.subarray(0, at)
  if (scratch.length > MOST_SCRATCH_BYTES) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  return { body, jsonBytes }
}

function write(value: unknown, depth: number): void {
  room(SCALAR_BYTES)
  if (typeof value === 'number') writeNumber(value)
  else if (typeof value === 'string') writeText(value)
  else if (value === null) writeNull()
  else if (typeof value === 'boolean') {
    jsonBytes += value ? 4 : 5
    scratch[at++] = value ? TRUE : FALSE
  } else if (value === undefined) scratch[at++] = NOTHING
  else if (typeof value === 'object') {
    const plain = withoutToJSON(value, depth)
    if (typeof plain === 'object' && plain !== null) writeContainer(plain, depth)
    else write(plain, depth)
  } else throw unfit(value, depth)
}

function withoutToJSON(value: unknown, depth: number): unknown {
  const convertible = value as { toJSON?: (key: string) => unknown } | null | undefined
  return typeof convertible?.toJSON === 'function' ? convertible.toJSON(String(trail[depth - 1] ?? '')) : value
}

function writeNull(): void {
  jsonBytes += 4
  scratch[at++] = NULL
}

function writeContainer(container: object, depth: number): void {
  if (depth === MOST_DEPTH) throw unfit(container, depth)
  if (Array.isArray(container)) {
    writeCount(container.length, ARRAY, LONG_ARRAY)
    for (let index = 0; index < container.length; index++) {
      trail[depth] = index
      write(container[index] ?? null, depth + 1)
    }
    return
  }
  const keys = Object.keys(container)
  writeCount(keys.length, OBJECT, LONG_OBJECT)
  for (const key of keys) {
    trail[depth] = key
    writeText(key)
    jsonBytes++
    write((container as Fields)[key], depth + 1)
  }
}

function writeCount(count: number, tag: number, longTag: number): void {
  countBrackets(count)
  if (count < 16) scratch[at++] = tag + count
  else {
    scratch[at++] = longTag
    writeVarint(count)
  }
}

function countBrackets(count: number): void {
  jsonBytes += count === 0 ? 2 : count + 1
}

/** False, with nothing written, when the object has fields that the shape has not. */
function writeRecord(row: Fields): boolean {
  const { fields, fieldSet } = vocabulary
  const keys = Object.keys(row)
  const whole = keys.length === fields.length && keys.every((key, index) => key === fields[index])
  if (fields.length === 0 || (!whole && !keys.every((key) => fieldSet.has(key)))) return false
  scratch[at++] = RECORD
  countBrackets(keys.length)
  for (const field of fields) {
    const value = whole || Object.hasOwn(row, field) ? row[field] : undefined
    if (value !== undefined) jsonBytes += field.length + 3
    trail[0] = field
    write(value, 1)
  }
  return true
}

function writeNumber(value: number): void {
  if ((value | 0) === value) {
    if (value < 0) {
      jsonBytes += 1 + digits(-value)
      scratch[at++] = NEGATIVE
      writeVarint(~value)
      return
    }
    jsonBytes += digits(value)
    if (value >= WORD) scratch[at++] = WHOLE
    writeVarint(value)
  } else if (value > 0 && Number.isSafeInteger(value)) {
    jsonBytes += digits(value)
    scratch[at++] = value < large ? LESS : MORE
    writeVarint(Math.abs(value - large))
    large = value
  } else if (Number.isFinite(value)) {
    jsonBytes += String(value).length
    scratch[at] = FLOAT
    at = scratch.writeDoubleLE(value, at + 1)
  } else writeNull()
}

function digits(whole: number): number {
  let count = 1
  for (let power = 10; power <= whole; power *= 10) count++
  return count
}

function writeVarint(value: number): void {
  let rest = value
  for (; rest >= 2 ** 31; rest = Math.floor(rest / 0x80)) scratch[at++] = (rest % 0x80) | 0x80
  for (; rest >= 0x80; rest >>= 7) scratch[at++] = (rest & 0x7f) | 0x80
  scratch[at++] = rest
}

function writeText(text: string): void {
  const { length } = text
  const number = length > vocabulary.longest ? undefined : vocabulary.numbers.get(text)
  if (number === undefined) {
    if (length >= ARRAY - TEXT || !writeShortText(text)) writeLongText(text)
    return
  }
  jsonBytes += length + 2
  room(SCALAR_BYTES)
  if (number < TEXT - WORD) scratch[at++] = WORD + number
  else {
    scratch[at++] = FAR_WORD
    writeVarint(number - (TEXT - WORD))
  }
}

/** False, with nothing written, when it is not ASCII. */
function writeShortText(text: string): boolean {
  const { length } = text
  room(1 + length)
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return false
    scratch[at + 1 + index] = unit
  }
  scratch[at] = TEXT + length
  at += 1 + length
  jsonBytes += length + 2
  return true
}

function writeLongText(text: string): void {
  const utf8 = Buffer.byteLength(text)
  jsonBytes += utf8 + 2
  const tag = utf8 === text.length ? ASCII : text.isWellFormed() ? UTF8 : UTF16
  const bytes = tag === UTF16 ? 2 * text.length : utf8
  room(bytes + SCALAR_BYTES)
  scratch[at++] = tag
  writeVarint(bytes)
  at += scratch.write(text, at, ENCODINGS[tag])
}

function room(bytes: number): void {
  if (at + bytes <= scratch.length) return
  const larger = Buffer.allocUnsafeSlow(2 * (at + bytes))
  larger.set(scratch)
  scratch = larger
}

function unfit(value: unknown, depth: number): TypeError {
  if (typeof value === 'object') {
    const start = trail.slice(0, 4).join('.')
    return new TypeError(`codec: ${start}… nests deeper than ${MOST_DEPTH} levels, expected a tree without circles`)
  }
  const place = trail.slice(0, depth).join('.') || 'the value'
  return new TypeError(
    `codec: ${place} is a ${typeof value}, expected text, a number, a boolean, null, an array or an object`,
  )
}
