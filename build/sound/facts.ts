import { readMp3 } from './mp3.ts'
import { readMp4 } from './mp4.ts'
import { readOgg } from './ogg.ts'
import { withSource, type Source } from './source.ts'
import type { SoundFacts } from './types.ts'
import { readWave } from './wave.ts'

export type { SoundFacts } from './types.ts'

/** MP3 and AAC at this rate are told from the original by few, on good speakers. */
const BYTES_A_SECOND = 128_000 / 8

/**
 * Reads a sound file's headers; of MP3, which has none that can be relied on, every frame's.
 * @throws Error of a few words that go on after the file's name, `it is cut short`, where it is none of the four kinds, or broken.
 */
export async function soundFacts(file: string): Promise<SoundFacts> {
  try {
    return await withSource(file, async (source) => ({ ...(await readFacts(source)), bytes: source.bytes }))
  } catch (error) {
    // A header that promises more than there is.
    throw error instanceof RangeError ? new Error('its headers are broken', { cause: error }) : error
  }
}

/** Bytes that uncompressed sound would save as MP3 or AAC at 128 kbit/s; 0 where it is compressed, or smaller already. */
export const savedByCoding = ({ codec, bytes, seconds }: SoundFacts): number =>
  codec === 'pcm' ? Math.max(0, Math.round(bytes - seconds * BYTES_A_SECOND)) : 0

async function readFacts(source: Source): Promise<Omit<SoundFacts, 'bytes'>> {
  const head = (await source.readUpTo(0, 12)).toString('latin1')
  if (/^(?:RIFF|RF64)[^]{4}WAVE/.test(head)) return { container: 'wav', ...(await readWave(source)) }
  if (head.startsWith('OggS')) return { container: 'ogg', ...(await readOgg(source)) }
  if (head.slice(4, 8) === 'ftyp') return { container: 'mp4', ...(await readMp4(source)) }
  return { container: 'mp3', ...(await readMp3(source)) }
}
