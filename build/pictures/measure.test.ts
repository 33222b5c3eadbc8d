import { expect, test } from 'vitest'
import { decodeOwn } from './codec.ts'
import { open, paint, painting, sprite, type Raw } from './fixture.ts'
import { judge } from './measure.ts'
import { coverSpots, cutTiles } from './tiles.ts'

async function scoreOf(source: Raw, encoded: Buffer): Promise<number> {
  const pixels = { data: source.data, info: source.raw }
  const spots = coverSpots(pixels)
  return judge(cutTiles(pixels, spots)).score(cutTiles(await decodeOwn(encoded), spots))
}

test('a picture is 100 like itself', async () => {
  expect(await scoreOf(painting(), await open(painting()).png().toBuffer())).toBe(100)
  expect(await scoreOf(sprite(), await open(sprite()).png().toBuffer())).toBe(100)
})

test('the score falls with the quality of every encoder', async () => {
  for (const format of ['avif', 'webp', 'jpeg'] as const) {
    const scores: number[] = []
    for (const quality of [90, 70, 45, 20])
      scores.push(await scoreOf(painting(), await open(painting())[format]({ quality }).toBuffer()))
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(scores[0]).toBeGreaterThan(80)
    expect(scores[3]).toBeLessThan(60)
  }
})

/** By the reference program, on these very pictures. */
const SSIMULACRA2 = [
  { source: painting(), format: 'jpeg', quality: 50, score: 74.3 },
  { source: painting(), format: 'jpeg', quality: 92, score: 88 },
  { source: painting(), format: 'webp', quality: 50, score: 65.1 },
  { source: painting(), format: 'webp', quality: 90, score: 85.2 },
  { source: painting(), format: 'avif', quality: 35, score: 69.4 },
  { source: painting(), format: 'avif', quality: 55, score: 81.3 },
  { source: sprite(), format: 'webp', quality: 75, score: 70 },
  { source: sprite(), format: 'avif', quality: 75, score: 88.5 },
] as const

test('the score is that of SSIMULACRA 2, give or take two points', async () => {
  for (const { source, format, quality, score } of SSIMULACRA2)
    expect(Math.abs((await scoreOf(source, await open(source)[format]({ quality }).toBuffer())) - score)).toBeLessThan(
      2.5,
    )
})

test('the colour of what is transparent does not count', async () => {
  expect(await scoreOf(sprite(300, 0), await open(sprite(300, 255)).png().toBuffer())).toBe(100)
})

test('what shows only on a light ground counts', async () => {
  // A shadow on the floor, lost.
  const shadow = paint(224, 224, 4, (x, y) => [26, 26, 26, Math.hypot(x - 112, (y - 112) * 2) < 80 ? 120 : 1])
  const lost = paint(224, 224, 4, () => [26, 26, 26, 1])
  expect(await scoreOf(shadow, await open(lost).png().toBuffer())).toBeLessThan(50)
})
