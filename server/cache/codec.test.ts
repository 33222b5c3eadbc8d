import * as fc from 'fast-check'
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Codec, COMPRESS_ABOVE, createCodec } from './codec.ts'

const shape = { fields: ['id', 'version', 'bag'], words: ['wool-cap', 'oak-shield'] }
const codec = createCodec(shape)
const hero = { id: 'k7', version: 3, bag: { 'wool-cap': 2, rope: -1, øks: [0.5, 640, null], since: 1_800_000_000_000 } }
const long = { id: 'k8', version: 4, bag: Array.from({ length: 400 }, (_, n) => `item-${n % 7}`) }
const DAMAGED = { ok: false, why: 'does not decode' }

/** What a codec would have made of `body`: damage that the checksum does not show. */
function sealed({ fingerprint }: Codec, format: number, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.of(format), body, Buffer.alloc(4)])
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4), Number.parseInt(fingerprint, 16)), bytes.length - 4)
  return bytes
}

test('what was encoded comes back', () => {
  expect(codec.decode(codec.encode(hero).bytes)).toEqual({ ok: true, value: hero })
  expect(codec.decode(codec.encode(null).bytes)).toEqual({ ok: true, value: null })
})

test('a long value is compressed', () => {
  const { bytes, jsonBytes } = codec.encode(long)
  expect(bytes[0]).toBe(4)
  expect(jsonBytes).toBe(JSON.stringify(long).length)
  expect(bytes.length).toBeLessThan(jsonBytes / 10)
  expect(codec.decode(bytes)).toEqual({ ok: true, value: long })
})

test('a value is compressed from the threshold on', () => {
  const textOf = (bodyBytes: number) => 'x'.repeat(bodyBytes - 3)
  expect(codec.encode(textOf(COMPRESS_ABOVE)).bytes[0]).toBe(3)
  expect(codec.encode(textOf(COMPRESS_ABOVE + 1)).bytes[0]).toBe(4)
})

test('a long value that does not become smaller stays as it is', () => {
  let chance = 1
  const noise = Array.from({ length: COMPRESS_ABOVE }, () => (chance = (chance * 48271) % 2147483647) & 0xffff)
  const value = String.fromCharCode(...noise)
  const { bytes } = codec.encode(value)
  expect(bytes[0]).toBe(3)
  expect(codec.decode(bytes)).toEqual({ ok: true, value })
})

// The bytes in caches outlive a release: these are kept as they were first written.
test.each([
  ['3', 'A++iazcD1EACpHJvcGXlAOsEw7hrc8PoAAAAAAAA4D/kgAXgpXNpbmNl5oCg8cKxNH2zsSY=', hero],
  [
    '4',
    'BCi1L/1g+AnVBgBGWjEV4BnWAeaND9TIfRe2Z0oppdYMMxgBLwAoACgAdznlLqfc5ZS7nHKXU+5yyl1OucspdznlLqfc5ZS7nHKXU4RiMIgDgMAgQGCg4CB3OeUup9zllLuccpdT7nLKXU65yyl3OeUup9zllLuccpdT7nLKXU4JdznlLqfc5ZS7nHKXU+5yyl1OucspdznlLqfc5ZS7nHKXU+5yyl1OCRGKwSCOu5xyl1PucspdTrnLKXc55S6n3OWUu5xyl1PucspdTrnLKXc5JYGOpBHg758B4a8BAwAASJKqKkNd4Eo=',
    long,
  ],
])('format %s is read as it always was', (format, base64, value) => {
  const bytes = Buffer.from(base64, 'base64')
  expect(String(bytes[0])).toBe(format)
  expect(codec.decode(bytes)).toEqual({ ok: true, value })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['JSON', Buffer.from('{}')],
  ['a format of another release', Buffer.from('\x01{}')],
])('%s is an unknown format', (_, bytes) => {
  expect(codec.decode(bytes)).toEqual({ ok: false, why: 'unknown format' })
})

test.each([
  ['other fields', { ...shape, fields: ['id', 'version', 'gear'] }],
  ['fields in another order', { ...shape, fields: ['version', 'id', 'bag'] }],
  ['one field more', { ...shape, fields: [...shape.fields, 'gear'] }],
  ['other words', { ...shape, words: ['wool-cap', 'oak-staff'] }],
  ['words in another order', { ...shape, words: ['oak-shield', 'wool-cap'] }],
  ['no shape', {}],
])('bytes of a codec with %s do not decode', (_, other) => {
  expect(createCodec(other).decode(codec.encode(hero).bytes)).toEqual(DAMAGED)
  expect(createCodec(other).fingerprint).not.toBe(codec.fingerprint)
})

test('codecs of the same shape read one another', () => {
  expect(createCodec(structuredClone(shape)).decode(codec.encode(hero).bytes)).toEqual({ ok: true, value: hero })
  expect(createCodec(structuredClone(shape)).fingerprint).toBe(codec.fingerprint)
})

test('a fingerprint is eight letters and digits', () => {
  for (let n = 0; n < 50; n++) expect(createCodec({ words: [`word ${n}`] }).fingerprint).toMatch(/^[0-9a-f]{8}$/)
})

test('bytes with any one byte changed never pass for a value', () => {
  for (const { bytes } of [codec.encode(hero), codec.encode(long)]) {
    for (let at = 0; at < bytes.length; at++) {
      for (let change = 1; change < 256; change++) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (bytes[at] ?? 0) ^ change
        expect(codec.decode(damaged).ok).toBe(false)
      }
    }
  }
})

test('bytes cut short, or with one more, do not decode', () => {
  for (const { bytes } of [codec.encode(hero), codec.encode(long)]) {
    for (let length = 1; length < bytes.length; length++)
      expect(codec.decode(bytes.subarray(0, length))).toEqual(DAMAGED)
    expect(codec.decode(Buffer.concat([bytes, Buffer.of(0)]))).toEqual(DAMAGED)
  }
})

test('bytes in the midst of others are read alone', () => {
  const { bytes } = codec.encode(hero)
  const around = Buffer.concat([Buffer.alloc(7, 0xee), bytes, Buffer.alloc(300, 0xee)])
  expect(codec.decode(around.subarray(7, 7 + bytes.length))).toEqual({ ok: true, value: hero })
})

test('random bytes with a checksum that is right never throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(3, 4), fc.uint8Array({ maxLength: 200 }), (format, body) => {
      expect(() => codec.decode(sealed(codec, format, body))).not.toThrow()
    }),
    { numRuns: 2000 },
  )
})

test('a compressed body that is no body does not decode', () => {
  expect(codec.decode(sealed(codec, 4, zstdCompressSync(Buffer.of(0xff))))).toEqual(DAMAGED)
  expect(codec.decode(sealed(codec, 4, Buffer.of(1, 2, 3)))).toEqual(DAMAGED)
})

test('a body that would fill the memory when decompressed does not decode', () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024), { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  const before = process.memoryUsage().rss
  expect(codec.decode(sealed(codec, 4, bomb))).toEqual(DAMAGED)
  expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024)
})

test('a body larger than would be decompressed is not compressed', () => {
  const large = ['x'.repeat(9 * 1024 * 1024)]
  const { bytes } = codec.encode(large)
  expect(bytes[0]).toBe(3)
  const decoded = codec.decode(bytes)
  expect(decoded.ok && JSON.stringify(decoded.value) === JSON.stringify(large)).toBe(true)
})

test('what was encoded does not change when more is', () => {
  const first = codec.encode(hero).bytes
  codec.encode({ ...hero, id: 'k9' })
  expect(codec.decode(first)).toEqual({ ok: true, value: hero })
})
