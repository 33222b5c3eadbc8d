import type { Source } from './source.ts'
import type { SoundFacts } from './types.ts'

type Facts = Pick<SoundFacts, 'codec' | 'seconds' | 'rate' | 'channels'>

/** The largest page: a header, 255 lengths, 255 segments of 255 bytes. */
const PAGE = 27 + 255 + 255 * 255
/** Opus counts in these, whatever the sound was recorded at (RFC 7845, 4). */
const OPUS_RATE = 48_000
const NONE = 0xffff_ffff_ffff_ffffn

/** RFC 3533: pages that each tell how many samples have ended with it; the first holds the codec's header. */
export async function readOgg(source: Source): Promise<Facts> {
  const first = await source.read(0, 28)
  const serial = first.readUInt32LE(14)
  const header = await source.readUpTo(27 + (first[26] ?? 0), 64)
  const { codec, channels, rate, skipped, counted } = readHeader(header)
  const from = Math.max(0, source.bytes - 2 * PAGE)
  const tail = await source.readUpTo(from, 2 * PAGE)
  const samples = lastPosition(tail, serial) - skipped
  return { codec, channels, rate, seconds: Math.max(0, samples) / counted }
}

function readHeader(header: Buffer): Omit<Facts, 'seconds'> & { skipped: number; counted: number } {
  if (header.toString('latin1', 0, 7) === '\u0001vorbis' && header.length >= 16) {
    const rate = header.readUInt32LE(12)
    return { codec: 'vorbis', channels: header[11] ?? 0, rate, skipped: 0, counted: rate || 1 }
  }
  if (header.toString('latin1', 0, 8) === 'OpusHead' && header.length >= 12)
    return {
      codec: 'opus',
      channels: header[9] ?? 0,
      rate: OPUS_RATE,
      skipped: header.readUInt16LE(10),
      counted: OPUS_RATE,
    }
  throw new Error('its sound is neither Vorbis nor Opus')
}

/** @throws Error where the last page of the stream is not whole, or does not say that it is the last. */
function lastPosition(tail: Buffer, serial: number): number {
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    if (at + 27 > tail.length || tail.readUInt32LE(at + 14) !== serial) continue
    const lengths = tail.subarray(at + 27, at + 27 + (tail[at + 26] ?? 0))
    const end = at + 27 + lengths.length + lengths.reduce((sum, length) => sum + length, 0)
    const isLast = ((tail[at + 5] ?? 0) & 4) > 0
    const position = tail.readBigUInt64LE(at + 6)
    if (!isLast || end > tail.length || position === NONE) throw new Error('it is cut short')
    return Number(position)
  }
  throw new Error('it is cut short')
}
