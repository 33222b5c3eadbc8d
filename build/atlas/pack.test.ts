import { mkdtempSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { nameHash, openCache } from '../cache.ts'
import { findFrames, type FrameSource } from './frames.ts'
import { packAtlas, type PackOptions } from './pack.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'ff-atlas-'))
const cache = openCache(folder, 'atlases')
afterAll(() => rm(folder, { recursive: true }))

type Raw = Awaited<ReturnType<typeof rawOf>>
const rawOf = (bytes: Buffer) => sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })

/** A picture of noise, clear outside of the box. */
async function frame(
  name: string,
  seed: number,
  size: [number, number],
  box?: [number, number, number, number],
): Promise<FrameSource> {
  const [width, height] = size
  const [x, y, w, h] = box ?? [0, 0, width, height]
  const data = Buffer.alloc(width * height * 4)
  let state = seed
  for (let row = y; row < y + h; row += 1)
    for (let at = (row * width + x) * 4; at < (row * width + x + w) * 4; at += 1) {
      state = (state * 1103515245 + 12345) % 2147483648
      data[at] = at % 4 === 3 ? 255 : state & 255
    }
  const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
  return { name, file: `art/${name}.png`, bytes }
}

interface Described {
  frames: Record<
    string,
    {
      frame: { x: number; y: number; w: number; h: number }
      rotated: boolean
      trimmed: boolean
      spriteSourceSize: { x: number; y: number; w: number; h: number }
      sourceSize: { w: number; h: number }
      hash: string
    }
  >
  meta: { image: string; size: { w: number; h: number }; scale: string; related_multi_packs?: string[] }
  textures?: { image: string; size: { w: number; h: number }; frames: { filename: string }[] }[]
}

async function packed(
  frames: FrameSource[],
  options: PackOptions = {},
): Promise<{ sheets: Raw[]; pngs: Buffer[]; json: Described[]; texts: string[] }> {
  const atlas = await packAtlas({ name: 'scenes/forest', frames, options }, cache)
  const files = atlas.sheets.map((_, index) => ({
    image: `forest-${index}-0a1b2c3d.png`,
    json: `forest-${index}.json`,
  }))
  const texts = atlas.describe(files)
  const pngs = atlas.sheets.map(({ png }) => png)
  return {
    sheets: await Promise.all(pngs.map(rawOf)),
    pngs,
    texts,
    json: texts.map((text) => JSON.parse(text) as Described),
  }
}

/** The frame as an engine draws it from the sheet: whole again, clear edges included. */
function drawn({ frames }: Described, name: string, sheet: Raw): Buffer {
  const { frame: at, spriteSourceSize: inside, sourceSize } = frames[name] as Described['frames'][string]
  const whole = Buffer.alloc(sourceSize.w * sourceSize.h * 4)
  for (let row = 0; row < at.h; row += 1) {
    const from = ((at.y + row) * sheet.info.width + at.x) * 4
    sheet.data.copy(whole, ((inside.y + row) * sourceSize.w + inside.x) * 4, from, from + at.w * 4)
  }
  return whole
}

test('every frame comes out of the sheet bit for bit, trimmed or not', async () => {
  const frames = await Promise.all([
    frame('oak', 1, [40, 30]),
    frame('birch/small', 2, [64, 64], [10, 20, 7, 31]),
    frame('stone', 3, [1, 1]),
  ])
  const { sheets, json } = await packed(frames)
  const broken: string[] = []
  for (const { name, bytes } of frames)
    if (!drawn(json[0] as Described, name, sheets[0] as Raw).equals((await rawOf(bytes)).data)) broken.push(name)
  expect(broken).toEqual([])
})

test('a frame is described in the words that engines read', async () => {
  const source = await frame('birch', 2, [64, 48], [10, 20, 7, 21])
  const { json } = await packed([source], { scale: 2 })
  const birch = {
    frame: { x: 0, y: 0, w: 7, h: 21 },
    rotated: false,
    trimmed: true,
    spriteSourceSize: { x: 10, y: 20, w: 7, h: 21 },
    sourceSize: { w: 64, h: 48 },
    hash: nameHash(source.bytes),
  }
  const sheet = { image: 'forest-0-0a1b2c3d.png', format: 'RGBA8888', size: { w: 7, h: 21 }, scale: '2' }
  expect(json).toEqual([
    {
      frames: { birch },
      meta: { app: 'firstframe', version: '1.0', ...sheet },
      textures: [{ ...sheet, frames: [{ filename: 'birch', ...birch }] }],
    },
  ])
})

test('frames keep their distance, and none lies over another', async () => {
  const frames = await Promise.all(
    Array.from({ length: 40 }, (_, index) => frame(`f${index}`, index, [5 + (index % 7) * 6, 5 + (index % 5) * 9])),
  )
  const { json, sheets } = await packed(frames, { padding: 3 })
  const places = Object.values(json[0]?.frames ?? {}).map((each) => each.frame)
  for (const [index, a] of places.entries()) {
    expect(a.x + a.w <= (sheets[0]?.info.width ?? 0) && a.y + a.h <= (sheets[0]?.info.height ?? 0)).toBe(true)
    for (const b of places.slice(index + 1))
      expect(a.x + a.w + 3 <= b.x || b.x + b.w + 3 <= a.x || a.y + a.h + 3 <= b.y || b.y + b.h + 3 <= a.y).toBe(true)
  }
})

test('frames with the same pixels are stored once, each under its name and hash', async () => {
  const one = await frame('one', 1, [20, 20], [5, 5, 10, 10])
  const moved = await frame('moved', 1, [30, 30], [0, 0, 10, 10])
  const { json } = await packed([one, moved])
  const { one: a, moved: b } = json[0]?.frames ?? {}
  expect(a?.frame).toEqual(b?.frame)
  expect(a?.spriteSourceSize).not.toEqual(b?.spriteSourceSize)
  expect(a?.hash).not.toBe(b?.hash)
  expect(json[0]?.meta.size).toEqual({ w: 10, h: 10 })
})

test('frames with the same bytes and another shape are two', async () => {
  const wide = await frame('wide', 1, [6, 4])
  const tall = await frame('tall', 1, [4, 6])
  const { json, sheets } = await packed([wide, tall])
  expect(drawn(json[0] as Described, 'tall', sheets[0] as Raw).equals((await rawOf(tall.bytes)).data)).toBe(true)
  expect(drawn(json[0] as Described, 'wide', sheets[0] as Raw).equals((await rawOf(wide.bytes)).data)).toBe(true)
})

test('edges are cut as far as nothing at all is seen', async () => {
  const data = Buffer.alloc(16 * 16 * 4)
  for (const [x, y] of [
    [9, 2],
    [3, 8],
    [5, 11],
  ] as const)
    data[(y * 16 + x) * 4 + 3] = 1
  const bytes = await sharp(data, { raw: { width: 16, height: 16, channels: 4 } })
    .png()
    .toBuffer()
  const { json } = await packed([{ name: 'dots', file: 'dots.png', bytes }])
  expect(json[0]?.frames['dots']?.spriteSourceSize).toEqual({ x: 3, y: 2, w: 7, h: 10 })
})

test('the same frames make the same bytes, whatever order they come in', async () => {
  const frames = await Promise.all(
    Array.from({ length: 12 }, (_, index) => frame(`f${index}`, index, [9 + index, 30 - index])),
  )
  const fresh = (part: string): ReturnType<typeof packAtlas> =>
    packAtlas({ name: 'a', frames: part === 'x' ? frames : frames.toReversed() }, openCache(folder, part))
  const [a, b] = [await fresh('x'), await fresh('y')]
  const files = [{ image: 'a.png', json: 'a.json' }]
  expect(a.sheets[0]?.png.equals(b.sheets[0]?.png ?? Buffer.alloc(0))).toBe(true)
  expect(a.describe(files)).toEqual(b.describe(files))
})

test('what one sheet cannot hold goes on in more, which the first names for Pixi and holds for Phaser', async () => {
  const frames = await Promise.all(Array.from({ length: 5 }, (_, index) => frame(`f${index}`, index, [40, 40])))
  const { json, sheets } = await packed(frames, { maxSize: 90 })
  expect(sheets.map(({ info }) => [info.width, info.height])).toEqual([
    [82, 82],
    [40, 40],
  ])
  expect(json.map(({ meta }) => meta.related_multi_packs)).toEqual([['forest-1.json'], undefined])
  expect(json[0]?.textures?.map(({ image, frames: inside }) => [image, inside.length])).toEqual([
    ['forest-0-0a1b2c3d.png', 4],
    ['forest-1-0a1b2c3d.png', 1],
  ])
  expect(json[1]?.textures).toBeUndefined()
  for (const [sheet, description] of json.entries())
    for (const name of Object.keys(description.frames)) {
      const source = frames.find((each) => each.name === name)?.bytes ?? Buffer.alloc(0)
      expect(drawn(description, name, sheets[sheet] as Raw).equals((await rawOf(source)).data)).toBe(true)
    }
})

test('extruded edges repeat the outermost pixels', async () => {
  const { json, sheets } = await packed([await frame('tile', 5, [8, 8])], { extrude: 2 })
  const [{ data, info } = expect.fail()] = sheets
  const at = json[0]?.frames['tile']?.frame
  expect([at, info.width, info.height]).toEqual([{ x: 2, y: 2, w: 8, h: 8 }, 12, 12])
  const pixel = (x: number, y: number): Buffer => data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)
  expect(pixel(0, 0).equals(pixel(2, 2))).toBe(true)
  expect(pixel(11, 5).equals(pixel(9, 5))).toBe(true)
  expect(pixel(4, 11).equals(pixel(4, 9))).toBe(true)
})

test('a frame with nothing to see keeps a pixel, and its size', async () => {
  const { json } = await packed([await frame('empty', 1, [16, 9], [0, 0, 0, 0])])
  expect(json[0]?.frames['empty']).toMatchObject({ frame: { w: 1, h: 1 }, sourceSize: { w: 16, h: 9 } })
})

test('untrimmed frames stay as large as they are', async () => {
  const { json } = await packed([await frame('a', 1, [16, 9], [3, 3, 2, 2])], { trim: false })
  expect(json[0]?.frames['a']).toMatchObject({ frame: { w: 16, h: 9 }, trimmed: false })
})

test.for([
  [
    'grey',
    () =>
      sharp(Buffer.from([0, 128, 255, 64]), { raw: { width: 2, height: 2, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
  ],
  [
    'opaque',
    () =>
      sharp({ create: { width: 3, height: 2, channels: 3, background: '#123456' } })
        .png()
        .toBuffer(),
  ],
  [
    'of 16 bits',
    () =>
      sharp({ create: { width: 3, height: 2, channels: 3, background: '#123456' } })
        .toColourspace('rgb16')
        .png()
        .toBuffer(),
  ],
] as const)('a frame that is %s is drawn in its colours', async ([, make]) => {
  const bytes = await make()
  const { sheets, json } = await packed([{ name: 'a', file: 'a.png', bytes }])
  const expected = await sharp(bytes).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer()
  expect(drawn(json[0] as Described, 'a', sheets[0] as Raw).equals(expected)).toBe(true)
})

test('a second time nothing is packed', async () => {
  const frames = [await frame('again', 77, [20, 20])]
  const first = await packed(frames)
  const locked = { ...cache, write: () => Promise.reject(new Error('it was made again')) }
  const again = await packAtlas({ name: 'scenes/forest', frames }, locked)
  expect(again.sheets[0]?.png.equals(first.pngs[0] ?? Buffer.alloc(0))).toBe(true)
  expect(again.describe([{ image: 'forest-0-0a1b2c3d.png', json: 'forest-0.json' }])).toEqual(first.texts)
})

test('a frame that no sheet can hold is an error that says how large it is, and the way out', async () => {
  await expect(packed([await frame('huge', 1, [100, 20])], { maxSize: 64 })).rejects.toThrow(
    'Atlas scenes/forest: art/huge.png is 100 x 20 pixels, a sheet holds 64 at most: raise maxSize, or leave it out and load it by itself',
  )
})

test('two frames of one name are an error that names both', async () => {
  const one = await frame('oak', 1, [4, 4])
  await expect(packed([one, { ...one, file: 'art/oak.webp' }])).rejects.toThrow(
    'Atlas scenes/forest: art/oak.png and art/oak.webp are both called "oak": rename one, or leave one out',
  )
})

test.for([
  ['truncated', async () => (await frame('a', 1, [60, 60])).bytes.subarray(0, 900)],
  ['no picture', () => Buffer.from('<html>')],
] as const)('a frame that is %s is an error that names it', async ([, make]) => {
  await expect(packed([{ name: 'a', file: 'art/a.png', bytes: await make() }])).rejects.toThrow(
    /^art\/a\.png cannot be a frame \(.+\): mend it, or leave it out of the atlas$/,
  )
})

test('frames are found by globs, named by their path from the fixed part on', async () => {
  const root = path.join(folder, 'root')
  const { bytes } = await frame('x', 1, [2, 2])
  for (const file of ['art/forest/oak/1.png', 'art/forest/oak/1.txt', 'art/forest/b c.webp', 'ui/ok.png']) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), bytes)
  }
  const names = async (...globs: string[]): Promise<string[]> =>
    (await findFrames(root, globs)).map(({ name, file }) => `${name} = ${file}`)
  expect(await names('art/forest/**/*', 'ui/ok.png')).toEqual([
    'b c = art/forest/b c.webp',
    'oak/1 = art/forest/oak/1.png',
    'ok = ui/ok.png',
  ])
  expect(await names('./art/*/oak/*.png', 'art/forest/**/1.png')).toEqual(['forest/oak/1 = art/forest/oak/1.png'])
  expect((await findFrames(root, ['ui/*'], { keepExtension: true }))[0]?.name).toBe('ok.png')
  await expect(names('music/*.png')).rejects.toThrow(/fits "music\/\*\.png"/)
})
