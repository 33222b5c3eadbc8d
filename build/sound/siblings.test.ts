import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { m4a, mp3, ogg, wav } from './fixture.ts'
import { findSiblings, type Wave } from './siblings.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-sound-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const find = async (files: Record<string, Buffer>): Promise<Wave[]> => {
  for (const [file, bytes] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), bytes)
  }
  return findSiblings(Object.keys(files), folder)
}
const shape = { seconds: 2, channels: 2 as const }
const WAV = wav({ ...shape, rate: 44_100 })

test('a WAV is answered with what holds the same sound beside it, smallest first', async () => {
  const files = {
    'sfx/hit 1.WAV': WAV,
    'sfx/hit 1.mp3': mp3(shape),
    'sfx/hit 1.m4a': m4a(shape),
    'sfx/hit 1.ogg': ogg(shape),
    'sfx/hit 1.opus': ogg(shape, { codec: 'opus' }),
    'sfx/hit 1.webm': Buffer.from('no'),
    'sfx/hit 1.json': Buffer.from('{}'),
    'sfx/hit.mp3': mp3(shape),
    'hit 1.mp3': mp3(shape),
  }
  const [wave, ...more] = await find(files)
  expect(more).toEqual([])
  expect(wave).toMatchObject({ wav: 'sfx/hit 1.WAV', facts: { seconds: 2 }, refused: [] })
  expect(wave?.siblings).toEqual(
    [
      { file: 'sfx/hit 1.mp3', type: 'audio/mpeg' },
      { file: 'sfx/hit 1.m4a', type: 'audio/mp4' },
      { file: 'sfx/hit 1.ogg', type: 'audio/ogg' },
      { file: 'sfx/hit 1.opus', type: 'audio/ogg' },
    ]
      .map(({ file, type }) => ({ file, bytes: files[file as keyof typeof files].length, type }))
      .sort((a, b) => a.bytes - b.bytes),
  )
})

test.each([
  ['of another length', 'mp3', mp3({ seconds: 1.8 }), 'it lasts 1.80 s, the WAV 2.00 s'],
  ['of more channels', 'ogg', ogg(shape), 'it has 2 channels, the WAV 1', wav({ seconds: 2 })],
  ['that is not smaller', 'm4a', m4a(shape, { bytes: 400_000 }), 'it is not smaller'],
  ['whose bytes are another’s', 'mp3', ogg(shape), 'its bytes are ogg'],
  ['that only Apple plays', 'm4a', m4a(shape, { codec: 'alac' }), 'it is coded in a way that not every browser plays'],
  ['that is cut short', 'ogg', ogg(shape).subarray(0, 900), 'it is cut short'],
])('a file %s is no sibling, and the reason is told', async (_, ending, bytes, why, whole = WAV) => {
  expect(await find({ 'hit.wav': whole, [`hit.${ending}`]: bytes })).toMatchObject([
    { siblings: [], refused: [{ file: `hit.${ending}`, why }] },
  ])
})

test('a length may differ by what encoders add: 0.15 s, or a hundredth of a long sound', async () => {
  const siblings = async (whole: number, other: number): Promise<number> => {
    const long = { channels: 1 as const, rate: 8000 }
    const [wave] = await find({
      'a.wav': wav({ ...long, seconds: whole }),
      'a.m4a': m4a({ seconds: other, channels: 1 }, { bytes: 9 }),
    })
    return wave?.siblings.length ?? 0
  }
  expect(await siblings(1, 1.14)).toBe(1)
  expect(await siblings(1, 1.16)).toBe(0)
  expect(await siblings(60, 60.5)).toBe(1)
  expect(await siblings(60, 60.7)).toBe(0)
})

test('a WAV that is broken has no siblings, and is told itself', async () => {
  expect(await find({ 'a.wav': WAV.subarray(0, 3000), 'a.mp3': mp3(shape) })).toEqual([
    { wav: 'a.wav', facts: undefined, siblings: [], refused: [{ file: 'a.wav', why: 'it is cut short' }] },
  ])
  expect(await find({ 'b.wav': mp3(shape), 'b.mp3': mp3(shape) })).toMatchObject([
    { siblings: [], refused: [{ file: 'b.wav', why: 'its bytes are mp3' }] },
  ])
})

test('a file that cannot be read is told, not thrown', async () => {
  const [wave] = await findSiblings(['gone.wav', 'gone.mp3'], folder)
  expect(wave).toMatchObject({ siblings: [], refused: [{ file: 'gone.wav', why: expect.stringContaining('ENOENT') }] })
})
