import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeExact, decodeOwn, readHeader } from './codec.ts'
import { caches, noise, normals, open, paint, painting, pixelArt, sprite, withChunk, type Raw } from './fixture.ts'
import { judge } from './measure.ts'
import { recallShrunk, shrink, sourceHash, type Shape, type ShrinkOptions, type Shrunk } from './shrink.ts'
import { coverSpots, cutTiles } from './tiles.ts'

/** Shrinks into a cache of its own. */
async function shrunk(bytes: Buffer, options: Partial<ShrinkOptions> = {}) {
  const own = caches()
  const { picture, encodes } = await shrink(bytes, { name: 'hero.png', keep: true, ...options }, own)
  const read = (shape: Shape | null | undefined): Buffer =>
    own.variants.entries.get(shape?.key ?? '') ?? Buffer.alloc(0)
  return { picture, encodes, own, read }
}

const types = ({ variants }: Shrunk): string[] => variants.map(({ type }) => type)
const of = ({ variants }: Shrunk, type: Shape['type']): Shape | undefined => variants.find((one) => one.type === type)

async function likeness(source: Raw, encoded: Buffer): Promise<number> {
  const pixels = { data: source.data, info: source.raw }
  const spots = coverSpots(pixels)
  return judge(cutTiles(pixels, spots)).score(cutTiles(await decodeOwn(encoded), spots))
}

const png = (raw: Raw): Promise<Buffer> => open(raw).png().toBuffer()
const scene = painting(480, 360)

test('a JPEG becomes AVIF, a smaller JPEG, and WebP where that is smaller still, all about as like it', async () => {
  const jpeg = await open(scene).jpeg({ quality: 97 }).toBuffer()
  const { picture, read } = await shrunk(jpeg, { name: 'scene.jpg' })
  expect(picture).toMatchObject({ width: 480, height: 360, alpha: false, frames: 1, format: 'jpeg', kind: 'photo' })
  expect(picture).toMatchObject({ bytes: jpeg.length, pending: false, original: { type: 'image/jpeg' } })
  expect(types(picture)).toContain('image/avif')
  expect(picture.placeholder).toMatch(/^#[\da-f]{6}$/)
  expect(picture.original?.bytes).toBeLessThan(jpeg.length)
  const decoded = await decodeOwn(jpeg)
  for (const shape of [picture.original, ...picture.variants]) {
    const bytes = read(shape)
    expect(bytes.length).toBe(shape?.bytes)
    expect(shape?.bytes).toBeLessThanOrEqual(picture.original?.bytes ?? 0)
    expect(shape?.hash).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 8))
    const score = await likeness({ data: decoded.data, raw: decoded.info }, bytes)
    expect(score).toBeGreaterThan(73)
    expect(Math.abs(score - (shape?.score ?? 0))).toBeLessThan(5)
  }
  const sizes = picture.variants.map(({ bytes }) => bytes)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
})

test('a sprite keeps its alpha in every format, and its PNG becomes a palette', async () => {
  const { picture, read } = await shrunk(await png(sprite()))
  expect(picture).toMatchObject({ kind: 'art', alpha: true, placeholder: null, original: { type: 'image/png' } })
  expect(types(picture).toSorted()).toEqual(['image/avif', 'image/webp'])
  expect((await readHeader(read(picture.original))).isPalette).toBe(true)
  for (const shape of picture.variants) {
    expect((await readHeader(read(shape))).hasAlpha).toBe(true)
    expect(await likeness(sprite(), read(shape))).toBeGreaterThan(70)
  }
})

test('a PNG that no palette does justice is packed with all its colours', async () => {
  const bright = paint(256, 256, 3, (x, y) => [x, y, 255 - ((x + y) >> 1)])
  const { picture, read } = await shrunk(await open(bright).png({ compressionLevel: 1 }).toBuffer(), { kind: 'photo' })
  expect(picture.original).toMatchObject({ type: 'image/png', score: null })
  expect((await decodeOwn(read(picture.original))).data.equals(bright.data)).toBe(true)
})

test('what is harder to encode gets more bytes and another quality, not a lower likeness', async () => {
  const grain = paint(320, 320, 3, (x, y) => [128 + 90 * noise(x, y), 90 + 70 * noise(x, y + 999), 60 + y / 4])
  const avif = async (raw: Raw) => of((await shrunk(await png(raw), { kind: 'photo' })).picture, 'image/avif')
  const [rough, soft] = [await avif(grain), await avif(painting(320, 320))]
  expect(rough?.bytes).toBeGreaterThan(3 * (soft?.bytes ?? 0))
  expect(Math.abs((rough?.score ?? 0) - (soft?.score ?? 0))).toBeLessThan(3)
  expect(rough?.settings['quality']).not.toBe(soft?.settings['quality'])
})

test('an alpha channel that says nothing is dropped', async () => {
  const opaque = await sharp(await png(scene))
    .ensureAlpha()
    .png()
    .toBuffer()
  const { picture, read } = await shrunk(opaque)
  expect(picture).toMatchObject({ alpha: false, kind: 'photo' })
  expect((await readHeader(read(of(picture, 'image/webp')))).hasAlpha).toBe(false)
})

test('flat art is kept without loss where that is smaller, and AVIF only where it is smaller still', async () => {
  const flag = paint(200, 200, 4, (x, y) => [Math.floor(x / 50) * 60, y < 100 ? 200 : 40, 90, x < 4 ? 128 : 255])
  const large = await open(flag).png({ compressionLevel: 0 }).toBuffer()
  const { picture, read } = await shrunk(large, { kind: 'art', keep: false })
  expect(picture.variants).toMatchObject([{ type: 'image/webp', score: null }])
  expect((await decodeOwn(read(picture.variants[0]))).data.equals(flag.data)).toBe(true)
})

test('pixel art loses nothing: a lossless WebP and a PNG with a palette', async () => {
  const art = pixelArt(64, 2)
  const source = await open(art).png({ compressionLevel: 2 }).toBuffer()
  const { picture, read } = await shrunk(source)
  expect(picture).toMatchObject({ kind: 'pixels', original: { type: 'image/png', score: null } })
  expect(types(picture)).toEqual(['image/webp'])
  for (const shape of [picture.original, ...picture.variants]) expect(await likeness(art, read(shape))).toBe(100)
})

test('data keeps every bit, also of what is transparent', async () => {
  const flow = paint(96, 96, 4, (x, y) => [x * 2, y * 2, (x + y) & 31, x < 30 ? 0 : 255])
  const { picture, read } = await shrunk(await open(flow).png({ compressionLevel: 0 }).toBuffer(), {
    name: 'a_msdf.png',
  })
  expect(picture).toMatchObject({ kind: 'data', original: { type: 'image/png' } })
  expect(types(picture)).toEqual(['image/webp'])
  for (const shape of [picture.original, ...picture.variants])
    expect((await decodeOwn(read(shape))).data.equals(flow.data)).toBe(true)
})

test('16 bits a channel stay 16 bits, in a smaller PNG and nothing else', async () => {
  const deep = new Uint16Array(80 * 80).map((_, at) => (at % 80) * 700 + Math.floor(at / 80))
  const source = await sharp(deep, { raw: { width: 80, height: 80, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 0 })
    .toBuffer()
  const { picture, read } = await shrunk(source, { name: 'terrain.png' })
  expect(picture).toMatchObject({ kind: 'data', why: 'it has 16 bits a channel', variants: [] })
  const small = read(picture.original)
  expect(small.length).toBeLessThan(source.length)
  expect(await decodeExact(small, await readHeader(small))).toEqual(await decodeExact(source, await readHeader(source)))
})

test('data that is lossy already is left as it is, and so is what browsers convert by a profile', async () => {
  const jpeg = await open(normals()).jpeg({ quality: 95 }).toBuffer()
  expect((await shrunk(jpeg, { name: 'n.jpg' })).picture).toMatchObject({ kind: 'data', original: null, variants: [] })
  const profiled = await open(scene).withIccProfile('p3').png({ compressionLevel: 0 }).toBuffer()
  expect((await shrunk(profiled, { exact: true })).picture).toMatchObject({ original: null, variants: [] })
})

test('a picture with a gamma of its own, which libvips would ignore, is left as it is', async () => {
  const gamma = Buffer.alloc(4)
  gamma.writeUInt32BE(100_000)
  const { picture } = await shrunk(withChunk(await png(scene), 'gAMA', gamma))
  expect(picture).toMatchObject({ original: null, variants: [], why: 'it has a gamma or a range of its own' })
})

test('exact and kind overrule what is found', async () => {
  const source = await open(scene).png({ compressionLevel: 1 }).toBuffer()
  const exact = await shrunk(source, { exact: true })
  expect((await decodeOwn(exact.read(of(exact.picture, 'image/webp')))).data.equals(scene.data)).toBe(true)
  const lossy = await shrunk(await png(normals(160)), { kind: 'art', name: 'n.png' })
  expect(lossy.picture).toMatchObject({ kind: 'art', why: 'as it was told' })
  expect(lossy.picture.variants[0]?.score).toBeGreaterThan(70)
})

test('qualities that are given hold', async () => {
  const { picture } = await shrunk(await png(scene), { quality: { avif: 31, webp: 44 } })
  expect(of(picture, 'image/avif')?.settings['quality']).toBe(31)
  expect(of(picture, 'image/webp')?.settings['quality']).toBe(44)
})

test('orientation is baked and the place it was taken at is gone', async () => {
  const source = await open(scene)
    .withExif({ IFD0: { Copyright: 'someone' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 98 })
    .toBuffer()
  expect((await readHeader(source)).exif).toBeDefined()
  const { picture, read } = await shrunk(source, { name: 'a.jpg' })
  expect(picture).toMatchObject({ width: 360, height: 480 })
  for (const shape of [picture.original, ...picture.variants]) {
    const { width, height, exif, orientation = 1 } = await readHeader(read(shape))
    expect({ width, height, exif, orientation }).toEqual({ width: 360, height: 480, exif: undefined, orientation: 1 })
  }
})

test('a wide gamut that is used stays wide, one that is not becomes sRGB', async () => {
  const neon = paint(160, 160, 3, (x, y) => [250 - x / 8, 20 + y / 8, 30])
  const wide = await sharp(neon.data, { raw: neon.raw }).png().toBuffer()
  // The numbers above, said to be Display P3's.
  const { icc = Buffer.alloc(0) } = await sharp(await open(neon).withIccProfile('p3').png().toBuffer()).metadata()
  const named = Buffer.concat([Buffer.from('p3\0\0', 'latin1'), deflateSync(icc)])
  const used = await shrunk(withChunk(wide, 'iCCP', named))
  expect((await readHeader(used.read(used.picture.variants[0]))).hasProfile).toBe(true)
  const unused = await shrunk(await open(scene).withIccProfile('p3').png().toBuffer())
  const best = unused.read(unused.picture.variants[0])
  expect((await readHeader(best)).hasProfile).toBe(false)
  expect(await likeness(scene, best)).toBeGreaterThan(72)
})

test('CMYK and grey JPEGs become what every browser shows', async () => {
  const inks = await open(scene).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
  const { picture, read } = await shrunk(inks, { name: 'a.jpg' })
  expect((await readHeader(read(picture.variants[0]))).space).toBe('srgb')
  expect((await readHeader(read(picture.original))).space).toBe('srgb')
  const grey = await open(scene).greyscale().jpeg({ quality: 95 }).toBuffer()
  expect((await shrunk(grey, { name: 'a.jpg' })).picture.variants).not.toEqual([])
})

test('AVIF that has to wait is made later, and nothing else again', async () => {
  for (const source of [await png(scene), await open(scene).jpeg({ quality: 97 }).toBuffer()]) {
    const own = caches()
    const options = { name: 'hero.png', keep: true }
    const first = await shrink(source, { ...options, avif: () => false }, own)
    expect(first.picture.pending).toBe(true)
    expect(types(first.picture)).not.toContain('image/avif')
    expect((await shrink(source, { ...options, avif: () => false }, own)).encodes).toBe(0)
    const second = await shrink(source, options, own)
    expect(second.encodes).toBe(1)
    expect(second.picture).toMatchObject({ pending: false, original: first.picture.original })
    expect(types(second.picture)).toEqual(['image/avif', ...types(first.picture)])
    expect((await shrink(source, options, own)).encodes).toBe(0)
  }
})

test('a record is found by the hash alone, whatever the name, until a file of it is gone', async () => {
  const source = await png(sprite(160))
  const { own, picture } = await shrunk(source)
  const recall = (name: string, keep = true) => recallShrunk(sourceHash(source), { name, keep }, own)
  expect(await recall('elsewhere/wolf.png')).toEqual(picture)
  expect(await recall('hero_msdf.png')).toBeUndefined()
  expect(await recall('hero.png', false)).toBeUndefined()
  own.variants.entries.delete(picture.variants[0]?.key ?? '')
  expect(await recall('hero.png')).toBeUndefined()
})

test('further widths are made in both formats, none wider than the picture', async () => {
  const { picture } = await shrunk(await png(scene), { widths: [120, 240, 960] })
  expect(picture.variants.map(({ type, width, height }) => `${type} ${width} x ${height}`).toSorted()).toEqual(
    ['avif', 'webp'].flatMap((type) => ['120 x 90', '240 x 180', '480 x 360'].map((size) => `image/${type} ${size}`)),
  )
})

test('without keep, WebP of a lossless WebP is a variant; with it, what lies under the name', async () => {
  const source = await open(scene).webp({ lossless: true }).toBuffer()
  const kept = await shrunk(source, { name: 'a.webp' })
  expect(kept.picture).toMatchObject({ format: 'webp', original: { type: 'image/webp' } })
  expect(types(kept.picture)).toEqual(['image/avif'])
  const free = await shrunk(source, { name: 'a.webp', keep: false })
  expect(free.picture.original).toBeNull()
  expect(types(free.picture).toSorted()).toEqual(['image/avif', 'image/webp'])
})

test('a lossy WebP or AVIF is encoded again only where that saves much', async () => {
  const tight = await open(scene).webp({ quality: 60 }).toBuffer()
  expect(await shrunk(tight, { name: 'a.webp' })).toMatchObject({
    encodes: 0,
    picture: { original: null, variants: [] },
  })
  const fat = await open(scene).webp({ quality: 100 }).toBuffer()
  const { picture } = await shrunk(fat, { name: 'a.webp' })
  expect(picture.original?.bytes).toBeLessThan(fat.length * 0.85)
  expect(picture.original?.score).toBeGreaterThan(82)
})

test('a GIF becomes an animated WebP with its delays and rounds', async () => {
  const frames = Array.from({ length: 5 }, (_, frame) =>
    paint(120, 90, 3, (x, y) => [x + 20 * frame, y * 2, 90 + 60 * Math.sin((x + frame * 9) / 8)]),
  )
  const gif = await sharp(Buffer.concat(frames.map(({ data }) => data)), {
    raw: { width: 120, height: 450, channels: 3, pageHeight: 90 },
  })
    .gif({ delay: [50, 80, 110, 140, 400], loop: 3 })
    .toBuffer()
  const { picture, read } = await shrunk(gif, { name: 'spin.gif' })
  expect(picture).toMatchObject({ kind: 'animation', frames: 5, width: 120, height: 90, format: 'gif', original: null })
  const webp = of(picture, 'image/webp')
  expect(webp?.bytes).toBeLessThan(gif.length)
  expect(await readHeader(read(webp))).toMatchObject({ pages: 5, loop: 3, delay: [50, 80, 110, 140, 400] })
})

test('an animated PNG, of which libvips sees one frame, is left as it is', async () => {
  const control = Buffer.alloc(8)
  control.writeUInt32BE(7)
  const { picture } = await shrunk(withChunk(await png(sprite()), 'acTL', control))
  expect(picture).toMatchObject({ kind: 'animation', frames: 7, original: null, variants: [] })
})

test('a strip that is too long for a format does without it', async () => {
  const strip = paint(16_500, 8, 3, (x, y) => [x % 251, y * 20, (x >> 3) % 256])
  const { picture } = await shrunk(await open(strip).png({ compressionLevel: 0 }).toBuffer(), { kind: 'art' })
  expect(picture.variants).toEqual([])
  expect(picture.original?.type).toBe('image/png')
})

test('a PNG that claims 20,000 pixels square is refused before it is decoded, with numbers and the way out', async () => {
  const bomb = await png(painting(8, 8))
  bomb.writeUInt32BE(20_000, 16)
  bomb.writeUInt32BE(20_000, 20)
  await expect(shrunk(bomb)).rejects.toThrow(
    'it has 20,000 x 20,000 pixels, 400 million, and more than 100 million are not decoded: export it smaller, or exclude it',
  )
  bomb.writeUInt32BE(2_000_000_000, 16)
  await expect(shrunk(bomb)).rejects.toThrow('it has 2,000,000,000 x 20,000 pixels')
})

test('a truncated picture is told, in every format', async () => {
  for (const format of ['png', 'jpeg', 'webp', 'avif', 'gif'] as const) {
    const whole = await open(scene)[format]().toBuffer()
    const half = whole.subarray(0, Math.floor(whole.length * 0.6))
    await expect(shrunk(half, { name: `a.${format}` })).rejects.toThrow(/^it is (?:broken|no PNG).*export it again/)
  }
})

test('what is no picture is told by how it begins', async () => {
  await expect(shrunk(Buffer.from('hello, world'))).rejects.toThrow(
    /^it is no PNG, JPEG, WebP, AVIF or GIF: it begins with 68 65 6c 6c 6f 2c 20 77; export it again, or exclude it/,
  )
  await expect(shrunk(Buffer.alloc(0))).rejects.toThrow('it is empty')
  await expect(shrunk(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).rejects.toThrow(/^it is no PNG/)
})

test('a JPEG that is named .png is shrunk as what it is, with a warning', async () => {
  const { picture } = await shrunk(await open(scene).jpeg({ quality: 97 }).toBuffer(), { name: 'art/Scene.PNG' })
  expect(picture).toMatchObject({ format: 'jpeg', warning: 'named .png, but a JPEG by its bytes' })
  expect(picture.original?.type).toBe('image/jpeg')
})
