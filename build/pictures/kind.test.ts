import { expect, test } from 'vitest'
import { readHeader } from './codec.ts'
import { normals, noise, open, paint, painting, pixelArt, sprite, type Raw } from './fixture.ts'
import { clueOf, kindOf } from './kind.ts'
import { readFacts, readPixels } from './look.ts'

async function kind(name: string, raw: Raw, format: 'png' | 'jpeg' = 'png'): Promise<string> {
  const bytes = await open(raw)[format]().toBuffer()
  const { survey } = await readPixels(bytes, await readFacts(bytes, name))
  const { kind, why } = kindOf(clueOf(name), await readHeader(bytes), survey)
  return `${kind}: ${why}`
}

const grey = paint(64, 64, 3, (x, y) => Array<number>(3).fill(100 + 80 * Math.sin(x / 9) * Math.cos(y / 5)))
/** Vectors that point anywhere but out of the picture. */
const sky = paint(128, 128, 3, (x, y) => [100 + y / 8, 165 + y / 6, 235 + noise(x, y) * 8])

test('a normal map is data, by its name and by its colours alone', async () => {
  expect(await kind('rock/Rock_N.png', normals())).toBe('data: a normal map by its name')
  expect(await kind('rockNormal.jpg', normals(), 'jpeg')).toBe('data: a normal map by its name')
  expect(await kind('rock.png', normals())).toBe('data: a normal map by its colours')
})

test('a picture that only sounds like a normal map is none, nor is a blue sky', async () => {
  expect(await kind('button-normal.png', painting())).toMatch(/^photo/)
  expect(await kind('sky.png', sky)).not.toMatch(/^data/)
})

test('maps of heights and materials are data where they are grey', async () => {
  expect(await kind('terrain-heightmap.png', grey)).toBe('data: a height map by its name')
  expect(await kind('textures/metal/roughness_2k.jpg', grey, 'jpeg')).toBe('data: a map of a material by its name')
  expect(await kind('hero-mask.png', painting())).not.toMatch(/^data/)
})

test('packed maps, matcaps, lookup tables and distance fields are data by name', async () => {
  for (const name of ['hull_ORM.png', 'matcap-07.png', 'night_lut.png', 'font-msdf.png', 'sky.rgbm.png'])
    expect(await kind(name, painting())).toMatch(/^data: .* by its name$/)
})

test('an arm that is cut out is no packed map', async () => {
  expect(await kind('skeleton/arm.png', sprite())).toMatch(/^art/)
})

test('a cube of colours is a lookup table by its shape', async () => {
  const cube = paint(256, 16, 3, (x, y) => [(x % 16) * 17, y * 17, (x >> 4) * 17])
  expect(await kind('warm.png', cube)).toMatch(/^data: a colour lookup table/)
})

test('pixel art is found at its own size, scaled up, and in a sheet', async () => {
  expect(await kind('hero.png', pixelArt())).toBe('pixels: 5 colours and no soft edges')
  expect(await kind('hero.png', pixelArt(32, 4))).toBe('pixels: pixel art, scaled up 4 times')
  const many = paint(256, 256, 3, (x, y) => {
    const ink = Math.floor(noise(x >> 1, y >> 1) * 200)
    return [(ink * 67) % 256, (ink * 131) % 256, (ink * 29) % 256]
  })
  expect(await kind('sheet.png', { ...many })).toMatch(/^pixels/)
  const odd = paint(200, 200, 3, (x, y) => {
    const ink = Math.floor(noise(Math.floor(x / 1.7), y) * 200)
    return [(ink * 67) % 256, (ink * 131) % 256, (ink * 29) % 256]
  })
  expect(await kind('sheet.png', odd)).toBe('pixels: pixel art: 200 colours, hard edges')
})

test('a JPEG is never pixel art: what was smeared is not worth keeping', async () => {
  // One colour to each block of JPEG's: it comes out as it went in.
  const blocks = paint(128, 128, 3, (x, y) => Array<number>(3).fill((x >> 4) + (y >> 4) > 7 ? 220 : 40))
  expect(await kind('hero.png', blocks)).toMatch(/^pixels/)
  expect(await kind('hero.jpg', blocks, 'jpeg')).toMatch(/^art/)
})

test('16 bits a channel are data', async () => {
  const deep = await open(painting()).toColourspace('rgb16').png().toBuffer()
  const { survey } = await readPixels(deep, await readFacts(deep, 'x.png'))
  expect(kindOf(-1, await readHeader(deep), survey)).toEqual({ kind: 'data', why: 'it has 16 bits a channel' })
})

test('a painting is a photo, a cut-out is art', async () => {
  expect(await kind('scene.png', painting())).toMatch(/^photo/)
  expect(await kind('wolf.png', sprite())).toMatch(/^art/)
})

test('only a word that is a clue tells names apart', () => {
  expect(clueOf('a/wolf.png')).toBe(clueOf('b/bear.png'))
  expect(clueOf('a/wolf_normal.png')).not.toBe(clueOf('a/wolf.png'))
})
