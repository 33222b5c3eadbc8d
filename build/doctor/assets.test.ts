import { readFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { mp3, wav } from '../sound/fixture.ts'
import { find, noise, page } from './fixture.ts'
import { msOfBytes, msOfRequests, msOfTrips } from './line.ts'

const html = { 'index.html': page('<script type="module" src="game.js"></script>') }

/** A game that asks for these files by name. */
const naming = (names: string[]): Record<string, string> => ({ ...html, 'game.js': `load(${JSON.stringify(names)})` })

/** A picture of soft colours, as PNG stores it badly. */
const painting = (width: number, height: number): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><filter id="f"><feTurbulence baseFrequency=".02" numOctaves="3"/></filter><rect width="100%" height="100%" filter="url(#f)"/></svg>`,
    ),
  )
    .flatten({ background: '#fff' })
    .png()
    .toBuffer()

test('pictures in an old format are told with what WebP makes of them, measured', async () => {
  const png = await painting(300, 200)
  const found = await find('picture-format', { ...naming(['art/hero.png']), 'art/hero.png': png })
  expect(found?.where).toBe('art/hero.png')
  expect(found?.bytes).toBeGreaterThan(png.length / 2)
  expect(found?.ms).toBe(msOfBytes(found?.bytes ?? 0))
  const webp = await sharp(png).webp().toBuffer()
  expect(await find('picture-format', { ...naming(['hero.webp']), 'hero.webp': webp })).toBeUndefined()
})

test('pictures whose every pixel counts keep their format', async () => {
  const grey = await sharp(await painting(300, 200))
    .greyscale()
    .png()
    .toBuffer()
  const files = { 'rock_height.png': grey, 'rock.png': grey }
  expect(await find('picture-format', { ...naming(['rock_height.png']), ...files })).toBeUndefined()
  expect(await find('picture-format', { ...naming(['rock.png']), ...files })).toBeDefined()
})

test('a picture that nothing names is no player’s matter', async () => {
  expect(await find('picture-format', { ...naming([]), 'art/hero.png': await painting(300, 200) })).toBeUndefined()
})

test('a broken picture does not end the examination', async () => {
  const png = await painting(300, 200)
  const files = { ...naming(['a.png', 'b.png']), 'a.png': noise(90_000), 'b.png': png }
  expect((await find('picture-format', files))?.where).toBe('b.png')
})

test('a picture shown far smaller than it is, is told with the width that is enough', async () => {
  const files = { 'hero.png': await painting(1200, 600) }
  const shown = (width: number): string => page('', `<img src="hero.png" width="${width}" height="50" alt="">`)
  expect((await find('picture-size', { ...files, 'index.html': shown(100) }))?.todo).toContain('300 pixels wide')
  expect(await find('picture-size', { ...files, 'index.html': shown(300) })).toBeUndefined()
})

test('firstframe makes a picture’s bytes fewer, not its pixels: the size is told, the format is not', async () => {
  const strip = await painting(5000, 60)
  const instead = [{ file: 's-4f1c2a9b.avif', bytes: 20_000, type: 'image/avif' }]
  const manifest = { format: 2, entries: {}, images: {}, files: {}, documents: {}, answers: { 's.png': { instead } } }
  const files = { ...naming(['s.png']), 's.png': strip, 'manifest.json': JSON.stringify(manifest) }
  expect((await find('picture-size', files))?.bytes).toBe(Math.round(20_000 * (1 - (4096 / 5000) ** 2)))
  expect(await find('picture-format', files)).toBeUndefined()
})

test('a picture larger than a texture may be is told', async () => {
  const strip = await painting(5000, 60)
  expect((await find('picture-size', { ...naming(['s.png']), 's.png': strip }))?.what).toContain('4096 at most')
  const short = await painting(4000, 60)
  expect(await find('picture-size', { ...naming(['s.png']), 's.png': short })).toBeUndefined()
})

test('pictures written into a script as base64 are told', async () => {
  const url = (length: number): string => `"data:image/png;base64,${noise(length)}"`
  const found = await find('picture-inline', { ...html, 'game.js': `a(${url(6000)},${url(6000)})` })
  expect(found?.where).toBe('game.js')
  expect(found?.what).toContain('2 pictures')
  expect(await find('picture-inline', { ...html, 'game.js': `a(${url(3000)})` })).toBeUndefined()
})

test('a heavy icon is told', async () => {
  const index = page('<link rel="icon" href="favicon.png">')
  expect((await find('icon-heavy', { 'index.html': index, 'favicon.png': noise(90_000) }))?.bytes).toBe(90_000)
  expect(await find('icon-heavy', { 'index.html': index, 'favicon.png': noise(900) })).toBeUndefined()
})

test('a WAV is told with what its seconds weigh as MP3', async () => {
  const boom = wav({ seconds: 10 })
  const found = await find('sound-wav', { ...naming(['boom.wav']), 'boom.wav': boom })
  expect(found?.bytes).toBe(boom.length - 160_000)
  expect(await find('sound-wav', { ...naming(['boom.mp3']), 'boom.mp3': mp3({ seconds: 10 }) })).toBeUndefined()
})

test('a WAV with a smaller file of the same sound beside it is told with that, unless it is answered with it', async () => {
  const [boom, twin] = [wav({ seconds: 10, channels: 2 }), mp3({ seconds: 10 })]
  const files = { ...naming(['boom.wav', 'boom.mp3']), 'boom.wav': boom, 'boom.mp3': twin }
  const found = await find('sound-wav', files)
  expect(found?.bytes).toBe(boom.length - twin.length)
  expect(found?.what).toContain('(there already: boom.mp3)')
  const instead = [{ file: 'boom.mp3', bytes: twin.length, type: 'audio/mpeg' }]
  const manifest = {
    format: 2,
    entries: {},
    images: {},
    files: {},
    documents: {},
    answers: { 'boom.wav': { instead } },
  }
  expect(await find('sound-wav', { ...files, 'manifest.json': JSON.stringify(manifest) })).toBeUndefined()
})

test('sounds in a file each are told with the round trips', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `sound/effect${index}.mp3`)
  const files = Object.fromEntries(names.map((name) => [name, noise(300)]))
  const found = await find('sound-many', { ...naming(names), ...files })
  expect(found).toMatchObject({ where: 'sound/', ms: msOfRequests(30) - msOfTrips(1) })
  expect(await find('sound-many', { ...naming(names.slice(0, 5)), ...files })).toBeUndefined()
})

/** A model with its geometry, or its picture, in one chunk. */
function glb(json: object, binary: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(json))
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')])
  const header = Buffer.alloc(20)
  header.write('glTF', 0, 'latin1')
  header.writeUInt32LE(2, 4)
  header.writeUInt32LE(20 + padded.length + 8 + binary.length, 8)
  header.writeUInt32LE(padded.length, 12)
  header.write('JSON', 16, 'latin1')
  const chunk = Buffer.alloc(8)
  chunk.writeUInt32LE(binary.length, 0)
  chunk.write('BIN\0', 4, 'latin1')
  return Buffer.concat([header, padded, chunk, binary])
}

test('a model with plain geometry is told, one with meshopt is not', async () => {
  const plain = glb({ meshes: [{}] }, Buffer.from(noise(90_000)))
  expect((await find('model-plain', { ...naming(['a.glb']), 'a.glb': plain }))?.where).toBe('a.glb')
  const packed = glb({ meshes: [{}], extensionsUsed: ['EXT_meshopt_compression'] }, Buffer.from(noise(90_000)))
  expect(await find('model-plain', { ...naming(['a.glb']), 'a.glb': packed })).toBeUndefined()
})

test('pictures inside a model are told by their format', async () => {
  const model = (mimeType: string): Buffer =>
    glb({ images: [{ mimeType, bufferView: 0 }], bufferViews: [{ byteLength: 90_000 }] }, Buffer.from(noise(90_000)))
  expect((await find('model-pictures', { ...naming(['a.glb']), 'a.glb': model('image/png') }))?.bytes).toBe(45_000)
  expect(await find('model-pictures', { ...naming(['a.glb']), 'a.glb': model('image/webp') })).toBeUndefined()
})

test('a model that Brotli makes smaller is told, unless it has been', async () => {
  const model = glb({ meshes: [{}] }, Buffer.alloc(90_000, 'vertex '))
  const files = { ...naming(['a.glb']), 'a.glb': model }
  expect((await find('model-unencoded', files))?.bytes).toBeGreaterThan(80_000)
  expect(await find('model-unencoded', { ...files, 'a.glb.br': noise(500) })).toBeUndefined()
})

test('a large HDR is told, a small one is not', async () => {
  expect((await find('light', { ...naming(['sky.hdr']), 'sky.hdr': noise(900_000) }))?.bytes).toBe(800_000)
  expect(await find('light', { ...naming(['sky.hdr']), 'sky.hdr': noise(90_000) })).toBeUndefined()
})

test('text without precompressed siblings is told with what Brotli makes of it, measured', async () => {
  const text = readFileSync(path.join(import.meta.dirname, 'examine.ts'), 'utf8').repeat(3)
  const files = { ...html, 'game.js': text }
  const found = await find('unencoded', files)
  expect(found?.bytes).toBeGreaterThan(text.length / 2)
  expect(await find('unencoded', { ...files, 'game.js.br': noise(500), 'index.html.gz': noise(100) })).toBeUndefined()
})
