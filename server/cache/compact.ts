/**
 * Raise it when a body's bytes change their meaning: bodies of another revision then do not decode.
 *
 * A body is one value. A value is a tag, one byte, and what belongs to it:
 *
 * | tag     | value                                                                                               |
 * | ------- | --------------------------------------------------------------------------------------------------- |
 * | `00-3f` | the numbers 0 to 63                                                                                 |
 * | `40-9f` | the shape's words 0 to 95                                                                           |
 * | `a0-bf` | text of 0 to 31 ASCII characters, which follow                                                      |
 * | `c0-cf` | array of 0 to 15 values, which follow                                                               |
 * | `d0-df` | object of 0 to 15 fields, which follow: key (a text or a word), value                               |
 * | `e0-e2` | null, false, true                                                                                   |
 * | `e3`    | nothing: the field is not there; in an array null                                                   |
 * | `e4`    | varint n: n, up to 2^31 - 1                                                                         |
 * | `e5`    | varint n: -1 - n, down to -2^31                                                                     |
 * | `e6`    | varint n: n more than the last number of `e6` or `e7` in this body, than 0 at first; below 2^53     |
 * | `e7`    | varint n: n less than that. Times in milliseconds are large, and close to one another               |
 * | `e8`    | any other number: IEEE 754 in 8 bytes, least significant first                                      |
 * | `e9`    | varint n: the shape's word 96 + n                                                                   |
 * | `ea`    | varint n: text in n bytes of ASCII                                                                  |
 * | `eb`    | varint n: text in n bytes of UTF-8                                                                  |
 * | `ec`    | varint n: text in n bytes of UTF-16, least significant first, where halves of pairs stand alone     |
 * | `ed`    | varint n: array of n values                                                                         |
 * | `ee`    | varint n: object of n fields                                                                        |
 * | `ef`    | first in a body only: object of the shape's fields, whose values follow in the shape's order        |
 *
 * A varint has 7 bits a byte, least significant first, and the top bit set in all bytes but the last.
 */
export const REVISION = 1

export const WORD = 0x40
export const TEXT = 0xa0
export const ARRAY = 0xc0
export const OBJECT = 0xd0
export const NULL = 0xe0
export const FALSE = 0xe1
export const TRUE = 0xe2
export const NOTHING = 0xe3
export const WHOLE = 0xe4
export const NEGATIVE = 0xe5
export const MORE = 0xe6
export const LESS = 0xe7
export const FLOAT = 0xe8
export const FAR_WORD = 0xe9
export const ASCII = 0xea
export const UTF8 = 0xeb
export const UTF16 = 0xec
export const LONG_ARRAY = 0xed
export const LONG_OBJECT = 0xee
export const RECORD = 0xef

/** ASCII as Latin-1, which is the quicker for not looking at the top bit. */
export const ENCODINGS: Readonly<Record<number, BufferEncoding>> = {
  [ASCII]: 'latin1',
  [UTF8]: 'utf8',
  [UTF16]: 'utf16le',
}

/** Arrays and objects nest this deep at most, so that neither a circle nor damaged bytes can exhaust the stack. */
export const MOST_DEPTH = 64

/** What a codec knows in advance of its values, so that it need not be stored with each. */
export interface Shape {
  /** Fields of the top-level object in the order in which they are stored; their names are not. One that has others is stored with its names. */
  fields?: readonly string[]
  /** Texts that occur often, as values or as keys, stored by their number; the first 96 take one byte each, the next 128 two. */
  words?: readonly string[]
}

export type Fields = Record<string, unknown>

/** A {@link Shape} as packing and unpacking need it. */
export interface Vocabulary {
  readonly fields: readonly string[]
  readonly fieldSet: ReadonlySet<string>
  /** What records are cloned from. */
  readonly template: Readonly<Fields>
  readonly words: readonly string[]
  /** Word -> its place in `words`. */
  readonly numbers: ReadonlyMap<string, number>
  /** Characters of the longest word: no longer text is looked up. */
  readonly longest: number
}

/** @throws Error for a field or a word that is there twice, and for a field `__proto__`. */
export function vocabularyOf({ fields = [], words = [] }: Shape): Vocabulary {
  for (const [what, texts] of Object.entries({ fields, words })) {
    const twice = texts.find((text, index) => texts.indexOf(text) !== index)
    if (twice !== undefined) throw new Error(`codec: ${what} has ${JSON.stringify(twice)} twice, expected each once`)
  }
  if (fields.includes('__proto__')) throw new Error('codec: fields has "__proto__", expected other names')
  return {
    fields: [...fields],
    fieldSet: new Set(fields),
    template: templateOf(fields),
    words: [...words],
    numbers: new Map(words.map((word, number) => [word, number])),
    longest: words.reduce((longest, { length }) => Math.max(longest, length), -1),
  }
}

/**
 * `JSON.parse` knows how many fields are coming and keeps all within the object; of one that grows by more than a dozen V8 makes a hash
 * table, slower to fill and to read.
 */
function templateOf(fields: readonly string[]): Fields {
  return JSON.parse(`{${fields.map((field) => `${JSON.stringify(field)}:null`).join()}}`) as Fields
}
