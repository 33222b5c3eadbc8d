import {
  ARRAY,
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
  WHOLE,
  WORD,
  type Fields,
  type Vocabulary,
} from './compact.ts'

const DAMAGED = new Error('codec: no body')
const EMPTY_ARRAY: readonly unknown[] = Object.freeze([])
const EMPTY_OBJECT: Readonly<Fields> = Object.freeze({})

/**
 * Short texts are cut from one that stands for some bytes around them, which takes a third of making each from its bytes. V8 may keep
 * the whole alive for a part of it, so it is no larger than this.
 */
const WINDOW_BYTES = 256

// One body is unpacked at a time and nothing waits in between: where that stands is the module's.
let source: Buffer
let vocabulary: Vocabulary
let at = 0
/** The last number of `e6` or `e7`. */
let large = 0
let window = ''
let windowStart = 0

/**
 * The value whose body is `bytes` from `start` up to `end`, frozen all the way down. Takes time and memory in proportion to the bytes
 * there are, whatever they claim.
 *
 * @throws Error when that is no body.
 */
export function unpack(bytes: Buffer, of: Vocabulary, { start = 0, end = bytes.length } = {}): unknown {
  source = bytes
  vocabulary = of
  at = start
  large = 0
  window = ''
  windowStart = start
  const value = bytes[at] === RECORD ? readRecord() : read(0)
  if (at !== end || value === undefined) throw DAMAGED
  return value
}

function read(depth: number): unknown {
  const tag = readByte()
  if (tag < WORD) return tag
  if (tag < ARRAY) return readText(tag)
  if (tag < OBJECT) return readArray(tag - ARRAY, depth)
  if (tag < NULL) return readObject(tag - OBJECT, depth)
  switch (tag) {
    case NULL:
      return null
    case FALSE:
      return false
    case TRUE:
      return true
    case NOTHING:
      return undefined
    case WHOLE:
      return readVarint()
    case NEGATIVE:
      return -1 - readVarint()
    case MORE:
      return (large += readVarint())
    case LESS:
      return (large -= readVarint())
    case FLOAT:
      at += 8
      return source.readDoubleLE(at - 8)
    case LONG_ARRAY:
      return readArray(readVarint(), depth)
    case LONG_OBJECT:
      return readObject(readVarint(), depth)
    default:
      return readText(tag)
  }
}

function readByte(): number {
  const value = source[at++]
  if (value === undefined) throw DAMAGED
  return value
}

function readVarint(): number {
  let value = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const bits = readByte()
    value |= (bits & 0x7f) << shift
    if (bits < 0x80) return value
  }
  for (let scale = 2 ** 28; scale < 2 ** 56; scale *= 0x80) {
    const bits = readByte()
    value += (bits & 0x7f) * scale
    if (bits < 0x80) return value
  }
  throw DAMAGED
}

function readText(tag: number): string {
  if (tag < TEXT) return wordOf(tag - WORD)
  if (tag < ARRAY) return readShortText(tag - TEXT)
  if (tag === FAR_WORD) return wordOf(TEXT - WORD + readVarint())
  const encoding = ENCODINGS[tag]
  if (encoding === undefined) throw DAMAGED
  const bytes = readVarint()
  at += bytes
  return source.toString(encoding, at - bytes, at)
}

function wordOf(number: number): string {
  const word = vocabulary.words[number]
  if (word === undefined) throw DAMAGED
  return word
}

function readShortText(length: number): string {
  const start = at - windowStart
  at += length
  if (start + length <= window.length) return window.substring(start, start + length)
  windowStart = at - length
  window = source.toString('latin1', windowStart, windowStart + WINDOW_BYTES)
  return window.substring(0, length)
}

function readArray(count: number, depth: number): readonly unknown[] {
  if (count === 0) return EMPTY_ARRAY
  if (depth === MOST_DEPTH) throw DAMAGED
  // Grows as the items come: what a damaged count claims is never allocated.
  const array: unknown[] = []
  for (let index = 0; index < count; index++) array.push(read(depth + 1) ?? null)
  return Object.freeze(array)
}

function readObject(count: number, depth: number): Readonly<Fields> {
  if (count === 0) return EMPTY_OBJECT
  if (depth === MOST_DEPTH) throw DAMAGED
  const object: Fields = {}
  for (let index = 0; index < count; index++) {
    const key = readText(readByte())
    const value = read(depth + 1)
    if (value === undefined) continue
    if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true })
    else object[key] = value
  }
  return Object.freeze(object)
}

function readRecord(): Readonly<Fields> {
  at++
  const row = { ...vocabulary.template }
  let whole = true
  for (const field of vocabulary.fields) {
    const value = read(1)
    row[field] = value
    if (value === undefined) whole = false
  }
  return Object.freeze(whole ? row : Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)))
}
