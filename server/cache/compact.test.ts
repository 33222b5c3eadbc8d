import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { MOST_DEPTH, type Shape, vocabularyOf } from './compact.ts'
import { pack } from './pack.ts'
import { unpack } from './unpack.ts'

const hex = (value: unknown, shape: Shape = {}) => pack(value, vocabularyOf(shape)).body.toString('hex')
const valueOf = (body: string, shape: Shape = {}) => unpack(Buffer.from(body, 'hex'), vocabularyOf(shape))

function again(value: unknown, shape: Shape = {}): unknown {
  const vocabulary = vocabularyOf(shape)
  return unpack(Buffer.from(pack(value, vocabulary).body), vocabulary)
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** The table of compact.ts, line by line. */
test.each([
  ['small numbers', 0, '00'],
  ['small numbers', 63, '3f'],
  ['whole numbers', 64, 'e440'],
  ['whole numbers', 128, 'e48001'],
  ['whole numbers', 2 ** 31 - 1, 'e4ffffffff07'],
  ['negative numbers', -1, 'e500'],
  ['negative numbers', -(2 ** 31), 'e5ffffffff07'],
  ['large numbers', 2 ** 31, 'e68080808008'],
  ['large numbers', 2 ** 53 - 1, 'e6ffffffffffffff0f'],
  ['large numbers near one another', [2 ** 40, 2 ** 40 + 1, 2 ** 40], 'c3e6808080808020e601e701'],
  ['large numbers that are equal', [2 ** 40, 2 ** 40], 'c2e6808080808020e600'],
  ['large numbers far from one another', [2 ** 53 - 1, 2 ** 31], 'c2e6ffffffffffffff0fe7fffffffff7ffff0f'],
  ['other numbers', 0.5, 'e8000000000000e03f'],
  ['other numbers', 2 ** 53, 'e80000000000004043'],
  ['other numbers', -(2 ** 31) - 1, 'e8000020000000e0c1'],
  ['null, false and true', [null, false, true], 'c3e0e1e2'],
  ['short text', '', 'a0'],
  ['short text', 'oak', 'a36f616b'],
  ['short text', 'x'.repeat(31), `bf${'78'.repeat(31)}`],
  ['long ASCII text', 'x'.repeat(32), `ea20${'78'.repeat(32)}`],
  ['long ASCII text', 'x'.repeat(200), `eac801${'78'.repeat(200)}`],
  ['other text', 'ø', 'eb02c3b8'],
  ['other text', '🐉', 'eb04f09f9089'],
  ['halves of pairs', '\ud83dx', 'ec043dd87800'],
  ['arrays', [], 'c0'],
  ['arrays', Array.from({ length: 15 }, () => 1), `cf${'01'.repeat(15)}`],
  ['long arrays', Array.from({ length: 16 }, () => 1), `ed10${'01'.repeat(16)}`],
  ['objects', {}, 'd0'],
  ['objects', { oak: 1, x: { y: null } }, 'd2a36f616b01a178d1a179e0'],
  ['a field without a value', { x: undefined, y: 1 }, 'd2a178e3a17901'],
])('%s have their tag: %j', (_, value, body) => {
  expect(hex(value)).toBe(body)
  expect(valueOf(body)).toStrictEqual(asJson(value))
})

test('objects of more than 15 fields have their tag', () => {
  const value = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [String.fromCharCode(97 + n), n]))
  const fields = Object.entries(value).map(([key, n]) => `a1${key.charCodeAt(0).toString(16)}0${n.toString(16)}`)
  expect(hex(value)).toBe(`ee10${fields.join('')}`)
  expect(valueOf(hex(value))).toStrictEqual(value)
})

test('words are stored by their number, as keys and as values', () => {
  const words = Array.from({ length: 300 }, (_, n) => `word ${n}`)
  expect(hex({ 'word 0': 'word 95', 'word 96': 'word 299' }, { words })).toBe('d2409fe900e9cb01')
  expect(again({ 'word 0': 'word 95', 'word 96': 'word 299', 'word 300': '' }, { words })).toStrictEqual({
    'word 0': 'word 95',
    'word 96': 'word 299',
    'word 300': '',
  })
})

test('the fields of a record are stored without their names, in the order of the shape', () => {
  const shape = { fields: ['id', 'version', 'bag'] }
  expect(hex({ bag: {}, id: 'x', version: 2 }, shape)).toBe('efa17802d0')
  expect(Object.keys(again({ bag: {}, id: 'x', version: 2 }, shape) as object)).toEqual(shape.fields)
})

test('a record may lack fields', () => {
  const shape = { fields: ['id', 'version', 'toString'] }
  expect(hex({ version: 2 }, shape)).toBe('efe302e3')
  expect(again({ version: 2, id: undefined }, shape)).toStrictEqual({ version: 2 })
  expect(again({}, shape)).toStrictEqual({})
})

test('an object with fields that the shape has not is stored with its names', () => {
  const shape = { fields: ['id', 'version'] }
  expect(hex({ id: 1, other: 2 }, shape)).toBe('d2a2696401a56f7468657202')
  expect(again({ id: 1, version: 3, other: 2 }, shape)).toStrictEqual({ id: 1, version: 3, other: 2 })
})

test('only the object at the top is a record', () => {
  expect(hex([{ id: 1 }], { fields: ['id'] })).toBe('c1d1a2696401')
  expect(() => valueOf('c1ef01', { fields: ['id'] })).toThrow('no body')
})

test('a shape without fields has no records', () => {
  expect(hex({})).toBe('d0')
})

test('a shape may hold more fields than V8 keeps in place', () => {
  const fields = Array.from({ length: 1500 }, (_, n) => `field ${n}`)
  const row = Object.fromEntries(fields.map((field, n) => [field, n % 3 === 0 ? field : n]))
  expect(again(row, { fields })).toStrictEqual(row)
})

test.each([
  ['field', { fields: ['id', 'bag', 'id'] }, 'codec: fields has "id" twice, expected each once'],
  ['word', { words: ['oak', 'oak'] }, 'codec: words has "oak" twice, expected each once'],
  ['field __proto__', { fields: ['__proto__'] }, 'codec: fields has "__proto__", expected other names'],
])('a %s that cannot be is refused', (_, shape, message) => {
  expect(() => vocabularyOf(shape)).toThrow(message)
})

test.each([-0, Number.NaN, Infinity, -Infinity])('%s comes back as JSON has it', (value) => {
  expect(again([value])).toStrictEqual(asJson([value]))
})

test.each([
  0.1,
  1e308,
  5e-324,
  -1.5,
  2 ** 31 + 0.5,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 31) - 1,
  -(2 ** 53),
])('the number %d comes back', (value) => {
  expect(again(value)).toBe(value)
  expect(again([1_800_000_000_000, value, 1_800_000_000_001])).toEqual([1_800_000_000_000, value, 1_800_000_000_001])
})

test('text of every length comes back', () => {
  for (const unit of ['x', 'é', '漢', '🐉', '\ud800', '\udc00x'])
    for (let length = 0; length < 300; length++) {
      const text = unit.repeat(length)
      expect(again(text) === text && again(`ascii${text}`) === `ascii${text}`).toBe(true)
    }
})

test('many short texts come back, wherever they are cut', () => {
  const texts = Array.from({ length: 500 }, (_, n) => String.fromCharCode(97 + (n % 26)).repeat((n * 7) % 32))
  expect(again(texts)).toStrictEqual(texts)
})

test('values larger than the scratch come back', () => {
  const value = Array.from({ length: 3000 }, (_, n) => ({ [`key ${n}`]: n, text: 'é'.repeat(n % 50), big: 1e12 + n }))
  expect(again(value)).toStrictEqual(value)
  expect(again({ a: 'x'.repeat(300_000), b: 'é'.repeat(300_000) })).toStrictEqual({
    a: 'x'.repeat(300_000),
    b: 'é'.repeat(300_000),
  })
})

test('keys that mean something to JavaScript are keys like others', () => {
  const value = JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":2,"hasOwnProperty":3,"0":4,"":5}') as object
  const back = again(value) as Record<string, unknown>
  expect(Object.entries(back)).toEqual(Object.entries(value))
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  expect(({} as { x?: unknown }).x).toBe(undefined)
})

test('a key __proto__ may be a word, and keeps an object from being a record', () => {
  const value = JSON.parse('{"__proto__":1}') as object
  expect(Object.entries(again(value, { words: ['__proto__'], fields: ['id'] }) as object)).toEqual([['__proto__', 1]])
})

test('toJSON is asked, with the key', () => {
  const convert = { toJSON: (key: string) => `<${key}>` }
  const gone = { toJSON: () => undefined }
  const value = { at: new Date(0), convert, list: [convert, gone], gone, url: new URL('http://localhost/') }
  expect(again(value)).toStrictEqual(asJson(value))
  expect(again(convert)).toBe('<>')
  expect(again({ id: convert }, { fields: ['id'] })).toStrictEqual({ id: '<id>' })
  expect(again({ toJSON: () => ({ id: 1 }) }, { fields: ['id'] })).toStrictEqual({ id: 1 })
})

test.each([
  ['a bigint', { bag: { oak: [1, 2n] } }, 'codec: bag.oak.1 is a bigint, expected text, a number'],
  ['a function', { go: () => 1 }, 'codec: go is a function, expected'],
  ['a symbol', [Symbol('x')], 'codec: 0 is a symbol, expected'],
  ['undefined', undefined, 'codec: the value is a undefined, expected'],
  ['nothing by toJSON', { toJSON: () => undefined }, 'codec: the value is a undefined, expected'],
])('%s is refused, and where it is said', (_, value, message) => {
  expect(() => hex(value)).toThrow(message)
  expect(() => hex(value)).toThrow(TypeError)
})

test('a function in a record is refused, and where it is said', () => {
  expect(() => hex({ id: 1, go: () => 1 }, { fields: ['id', 'go'] })).toThrow('codec: go is a function')
})

test('a circle is refused', () => {
  const friend: Record<string, unknown> = { name: 'oak' }
  friend['friends'] = [friend]
  expect(() => hex(friend)).toThrow('codec: friends.0.friends.0… nests deeper than 64 levels')
})

test('a failure leaves nothing behind', () => {
  expect(() => hex({ a: 'text', b: 1n })).toThrow(TypeError)
  expect(() => valueOf('c2a161')).toThrow('no body')
  expect(again({ a: 1 })).toStrictEqual({ a: 1 })
})

/** Arrays and objects in turn, `depth` of them, with an array or an object innermost. */
function nested(depth: number, innermost: 'array' | 'object'): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++)
    value = (level % 2 === 0) === (innermost === 'array') ? [value] : { x: value }
  return value
}

test.each(['array', 'object'] as const)(
  'values nest as deep as is allowed and no deeper, an %s innermost',
  (innermost) => {
    const deepest = nested(MOST_DEPTH, innermost)
    const shape = { fields: ['id'] }
    expect(again(deepest)).toStrictEqual(deepest)
    expect(again({ id: nested(MOST_DEPTH - 1, innermost) }, shape)).toStrictEqual({
      id: nested(MOST_DEPTH - 1, innermost),
    })
    expect(() => hex([deepest])).toThrow('deeper than 64 levels')
    expect(() => hex({ id: deepest }, shape)).toThrow('deeper than 64 levels')
    expect(() => valueOf(`c1${hex(deepest)}`)).toThrow('no body')
  },
)

test.each([
  ['arrays', 'c1'],
  ['objects', 'd1a178'],
  ['arrays that claim much', 'edffffffffffffff7f'],
  ['objects that claim much', 'eeffffffffffffff7fa178'],
])('%s nested a million times are no body', (_, level) => {
  expect(() => valueOf(level.repeat(1_000_000))).toThrow('no body')
})

test.each([
  ['nothing', ''],
  ['an absent value', 'e3'],
  ['a tag that is none', 'f0'],
  ['a word that is none', '40'],
  ['a far word that is none', 'e900'],
  ['more than a value', '0000'],
  ['a text cut short', 'a36f61'],
  ['a text that claims much', 'eaffffffffffffff7f78'],
  ['UTF-8 that claims much', 'ebffffffffffffff7f78'],
  ['UTF-16 that claims much', 'ecffffffffffffff7f78'],
  ['an array that claims much', 'edffffffffffffff7f01'],
  ['an array cut short', 'c201'],
  ['an object that claims much', 'eeffffffffffffff7fa17801'],
  ['a key that is a number', 'd10101'],
  ['a key that is an array', 'd1c001'],
  ['a key without a value', 'd1a178'],
  ['a varint cut short', 'e480'],
  ['a varint without end', `e4${'80'.repeat(20)}`],
  ['half a number', 'e80000'],
])('%s is no body', (_, body) => {
  expect(() => valueOf(body)).toThrow(Error)
})

test('arrays that claim much take the memory of what there is', () => {
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 1000; n++) expect(() => valueOf(`${'edffffffffffffff07'.repeat(60)}01`)).toThrow('no body')
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024)
})

test('what comes back is frozen all the way down', () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  const row = { id: 'x', bag: { oak: [1, { deep: [] }] }, none: {}, list: [[], {}] }
  expect(isFrozen(again(row))).toBe(true)
  expect(isFrozen(again(row, { fields: Object.keys(row) }))).toBe(true)
  expect(isFrozen(again({ id: 'x' }, { fields: Object.keys(row) }))).toBe(true)
  expect(isFrozen(again(JSON.parse('{"__proto__":[{}]}')))).toBe(true)
})

test.each([
  {
    id: 'oak',
    n: [0, 10, -10, 99, 100, 2 ** 31, 1e12, 0.1, -1e21, 1e300],
    flags: [true, false, null],
    none: {},
    list: [],
  },
  [Number.NaN, undefined, 'é漢🐉', 'x'.repeat(100)],
  [],
  {},
  'oak',
])('the bytes of JSON are counted as they would be: %j', (value) => {
  const expected = Buffer.byteLength(JSON.stringify(value))
  expect(pack(value, vocabularyOf({})).jsonBytes).toBe(expected)
  expect(
    pack(value, vocabularyOf({ fields: ['id', 'n', 'flags', 'none', 'list', 'more'], words: ['oak'] })).jsonBytes,
  ).toBe(expected)
})

const KEYS = ['id', 'version', 'bag', 'oak', 'wool-cap', '__proto__', 'constructor', 'length', '1', '']

const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom<unknown>(null, undefined, true, false, -0, Number.NaN, Infinity, ...KEYS),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double(),
      fc.date({ noInvalidDate: true }).map(Number),
      fc.date({ noInvalidDate: true }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
      fc.string({ maxLength: 300 }),
    ),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.sparseArray(tie('value'), { maxNumElements: 5, maxLength: 20 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('value'), { maxKeys: 20 }),
  ),
})).value

test('whatever JSON can carry comes back as from JSON', () => {
  const shapes = [{}, { words: KEYS }, { fields: ['id', 'bag', 'version'], words: ['oak', ''] }]
  fc.assert(
    fc.property(anything, fc.constantFrom<Shape>(...shapes), (value, shape) => {
      fc.pre(value !== undefined)
      expect(isDeepStrictEqual(again(value, shape), asJson(value))).toBe(true)
    }),
    { numRuns: 400 },
  )
})

test('records come back as from JSON, whatever they lack', () => {
  const fields = ['id', 'bag', 'version']
  fc.assert(
    fc.property(fc.record({ version: anything, id: anything, bag: anything }, { requiredKeys: [] }), (row) => {
      expect(isDeepStrictEqual(again(row, { fields }), asJson(row))).toBe(true)
    }),
  )
})

test('random bytes are a value or none, and quickly', () => {
  const shape = { fields: ['id', 'bag'], words: ['oak', '__proto__'] }
  const tags = fc.constantFrom(
    0xe3,
    0xe6,
    0xe7,
    0xe8,
    0xea,
    0xeb,
    0xec,
    0xed,
    0xee,
    0xef,
    0xc3,
    0xd3,
    0xa3,
    0x40,
    0x41,
    1,
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(tags, fc.nat(255)), { maxLength: 300 }), (bytes) => {
      let value: unknown
      try {
        value = unpack(Buffer.from(bytes), vocabularyOf(shape))
      } catch {
        return
      }
      expect(value).not.toBe(undefined)
    }),
    { numRuns: 5000 },
  )
})
