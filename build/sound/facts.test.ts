import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { savedByCoding, soundFacts } from './facts.ts'
import { m4a, mp3, ogg, wav } from './fixture.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-sound-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = async (bytes: Buffer): ReturnType<typeof soundFacts> => {
  const file = path.join(folder, 'sound')
  await writeFile(file, bytes)
  return soundFacts(file)
}
const near = (value: number): unknown => expect.closeTo(value, 3)

test.each([
  [
    'WAV',
    wav({ seconds: 1.5, channels: 2 }),
    { container: 'wav', codec: 'pcm', seconds: 1.5, rate: 22_050, channels: 2 },
  ],
  [
    'WAV of a program that wrote no size',
    wav({ seconds: 0.5 }, { size: 0xffffffff }),
    { codec: 'pcm', seconds: near(0.5) },
  ],
  ['WAV that is compressed within', wav({ seconds: 1 }, { tag: 2 }), { codec: 'other' }],
  ['MP3', mp3({ seconds: 2.5 }), { container: 'mp3', codec: 'mp3', seconds: near(2.5), rate: 44_100, channels: 2 }],
  [
    'MP3 of one channel at half the rate',
    mp3({ seconds: 1.2, rate: 22_050, channels: 1 }),
    { seconds: near(1.2), rate: 22_050, channels: 1 },
  ],
  ['MP3 without an encoder’s header', mp3({ seconds: 1 }, { xing: false }), { seconds: expect.closeTo(1, 1) }],
  ['MP3 between tags', mp3({ seconds: 2 }, { id3: true }), { codec: 'mp3', seconds: near(2) }],
  ['AAC', m4a({ seconds: 3.25 }), { container: 'mp4', codec: 'aac', seconds: 3.25, rate: 44_100, channels: 2 }],
  ['AAC of one channel', m4a({ seconds: 1, channels: 1 }), { channels: 1 }],
  ['AAC in fragments', m4a({ seconds: 2 }, { fragmented: true }), { seconds: 2 }],
  [
    'Vorbis',
    ogg({ seconds: 1.75, channels: 1 }),
    { container: 'ogg', codec: 'vorbis', seconds: 1.75, rate: 44_100, channels: 1 },
  ],
  [
    'Opus',
    ogg({ seconds: 1.75 }, { codec: 'opus' }),
    { container: 'ogg', codec: 'opus', seconds: 1.75, rate: 48_000, channels: 2 },
  ],
])('%s tells its length, rate and channels', async (_, bytes, facts) => {
  expect(await read(bytes)).toMatchObject({ ...facts, bytes: bytes.length })
})

const cut = (bytes: Buffer, to = 0.6): Buffer => bytes.subarray(0, Math.round(bytes.length * to))
const shape = { seconds: 2 }

test.each([
  ['no bytes', Buffer.alloc(0), 'its bytes are no WAV'],
  ['a picture', Buffer.from('\u0089PNG\r\n\u001a\n'.repeat(40), 'latin1'), 'its bytes are no WAV'],
  ['zeros', Buffer.alloc(4000), 'its bytes are no WAV'],
  ['half a WAV', cut(wav(shape)), 'it is cut short'],
  ['a WAV without samples', wav(shape).subarray(0, 40), 'it is cut short'],
  ['half an MP3', cut(mp3(shape)), 'it is cut short'],
  ['half an MP4', cut(m4a(shape)), 'it is cut short'],
  ['an MP4 without a description', m4a(shape).subarray(0, 2024), 'it has no description'],
  ['an MP4 of pictures', m4a(shape, { handler: 'vide' }), 'it is not one track of sound'],
  ['half an Ogg', cut(ogg(shape)), 'it is cut short'],
  ['an Ogg without its last page', ogg(shape, { last: 0 }), 'it is cut short'],
  ['an Ogg of something else', ogg(shape, { codec: 'flac' }), 'its sound is neither Vorbis nor Opus'],
])('%s is refused with a reason', async (_, bytes, why) => {
  await expect(read(bytes)).rejects.toThrow(why)
})

test('no file is too short or too broken to be refused', async () => {
  for (const whole of [
    wav({ seconds: 0.1 }),
    mp3({ seconds: 0.1 }),
    m4a({ seconds: 0.1 }, { bytes: 20 }),
    ogg({ seconds: 0.1 }),
  ])
    for (let length = 0; length < Math.min(whole.length, 700); length += 7) {
      const broken = Buffer.from(whole.subarray(0, length))
      for (const bytes of [broken, Buffer.concat([broken, Buffer.alloc(64, 255)])]) {
        const outcome = await read(bytes).then(
          ({ seconds }) => `it lasts ${seconds < 1 ? 'no' : 'too'} long`,
          (error: Error) => error.message,
        )
        expect(outcome).toMatch(/^it lasts no long|^its? (?!lasts)/)
      }
    }
})

test('what MP3 or AAC would save is told of uncompressed sound only', async () => {
  expect(savedByCoding(await read(wav({ seconds: 10, rate: 44_100, channels: 2 })))).toBe(1_764_056 - 160_000)
  expect(savedByCoding(await read(wav({ seconds: 1, rate: 4000 })))).toBe(0)
  expect(savedByCoding(await read(mp3({ seconds: 10 })))).toBe(0)
})
