import type { Source } from './source.ts'
import type { SoundFacts } from './types.ts'

type Facts = Pick<SoundFacts, 'codec' | 'seconds' | 'rate' | 'channels'>

/** Format tags of samples as they are: integers, floats, and either with a description of its channels. */
const PLAIN = new Set([1, 3, 0xfffe])
/** What a program writes as a size that does not know it yet. */
const UNKNOWN = new Set([0, 0xffffffff])

/** RIFF/WAVE: chunks of a name, a size and an even number of bytes (Microsoft's Multimedia Programming Interface, 1991). */
export async function readWave(source: Source): Promise<Facts> {
  let format: { tag: number; channels: number; rate: number; bytesASecond: number; block: number } | undefined
  for (let at = 12; at + 8 <= source.bytes;) {
    const header = await source.read(at, 8)
    const name = header.toString('latin1', 0, 4)
    const size = header.readUInt32LE(4)
    at += 8
    if (name === 'fmt ') {
      const body = await source.read(at, 16)
      const [tag, channels, block] = [body.readUInt16LE(0), body.readUInt16LE(2), body.readUInt16LE(12)]
      format = { tag, channels, rate: body.readUInt32LE(4), bytesASecond: body.readUInt32LE(8), block }
    }
    if (name === 'data') {
      if (!format || format.bytesASecond === 0 || format.rate === 0) throw new Error('it does not tell its format')
      const { tag, channels, rate, bytesASecond, block } = format
      const left = source.bytes - at
      if (!UNKNOWN.has(size) && size > left + block) throw new Error('it is cut short')
      const bytes = UNKNOWN.has(size) ? left : Math.min(size, left)
      return { codec: PLAIN.has(tag) ? 'pcm' : 'other', seconds: bytes / bytesASecond, rate, channels }
    }
    at += size + (size % 2)
  }
  throw new Error('it is cut short before its samples')
}
