import type { Source } from './source.ts'
import type { SoundFacts } from './types.ts'

type Facts = Pick<SoundFacts, 'codec' | 'seconds' | 'rate' | 'channels'>

interface Frame {
  layer: 1 | 2 | 3
  rate: number
  channels: 1 | 2
  samples: number
  /** Bytes, header included. */
  length: number
  /** Where an encoder's own header stands in the first frame, past the side information. */
  tagAt: number
}

/** Kilobits a second by the header's index, ISO 11172-3 2.4.2.3 and ISO 13818-3; 0 is 'free', of which nobody makes files. */
const BITRATES = {
  first: {
    1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  second: {
    1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
}
const RATES = [44_100, 48_000, 32_000]

/** MPEG audio: frames that follow each other, perhaps after an ID3 tag, the first perhaps an encoder's header instead of sound. */
export async function readMp3(source: Source): Promise<Facts> {
  const bytes = await source.readUpTo(0, source.bytes)
  const first = findFirst(bytes, afterTags(bytes))
  if (!first) throw new Error('its bytes are no WAV, MP3, MP4 or Ogg')
  const { frame } = first
  const tag = readTag(bytes, first.at, frame)
  const found = countFrames(bytes, first.at, frame)
  const frames = tag ? found - 1 : found
  // An encoder that counts its own header among the frames is one too high.
  if (tag?.frames !== undefined && frames < tag.frames - 1) throw new Error('it is cut short')
  const samples = frames * frame.samples - (tag?.trimmed ?? 0)
  const { rate, channels, layer } = frame
  return { codec: layer === 3 ? 'mp3' : 'other', seconds: Math.max(0, samples) / rate, rate, channels }
}

/** ID3v2 tags: a size of four times seven bits (https://id3.org/id3v2.4.0-structure, 3.1). */
function afterTags(bytes: Buffer): number {
  let at = 0
  while (bytes.toString('latin1', at, at + 3) === 'ID3' && at + 10 <= bytes.length) {
    const size = [6, 7, 8, 9].reduce((sum, place) => sum * 128 + ((bytes[at + place] ?? 0) & 127), 0)
    const footer = ((bytes[at + 5] ?? 0) & 16) > 0 ? 10 : 0
    at += 10 + size + footer
  }
  return at
}

/** The first frame that another of its kind, or the end, follows: eleven set bits alone are found in any file. */
function findFirst(bytes: Buffer, from: number): { at: number; frame: Frame } | undefined {
  const end = Math.min(bytes.length, from + 65_536)
  for (let at = from; at < end; at++) {
    const frame = readFrame(bytes, at)
    if (!frame) continue
    const next = readFrame(bytes, at + frame.length)
    if (next ? isAlike(frame, next) : at === from && at + frame.length === bytes.length) return { at, frame }
  }
  return undefined
}

function countFrames(bytes: Buffer, from: number, like: Frame): number {
  let count = 0
  for (let at = from; at < bytes.length;) {
    const frame = readFrame(bytes, at)
    if (frame && isAlike(frame, like)) {
      if (at + frame.length <= bytes.length) count++
      at += frame.length
    } else at++
  }
  return count
}

const isAlike = (one: Frame, other: Frame): boolean => one.layer === other.layer && one.rate === other.rate

function readFrame(bytes: Buffer, at: number): Frame | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4)
  if (a !== 0xff || (b & 0xe0) !== 0xe0) return undefined
  const version = (b >> 3) & 3
  const layer = (4 - ((b >> 1) & 3)) as 1 | 2 | 3 | 4
  const base = RATES[(c >> 2) & 3]
  if (version === 1 || layer === 4 || base === undefined) return undefined
  const isFirst = version === 3
  const bitrate = (BITRATES[isFirst ? 'first' : 'second'][layer][c >> 4] ?? 0) * 1000
  if (bitrate === 0) return undefined
  const rate = isFirst ? base : version === 2 ? base / 2 : base / 4
  const channels = d >> 6 === 3 ? 1 : 2
  const samples = layer === 1 ? 384 : layer === 3 && !isFirst ? 576 : 1152
  const padding = (c >> 1) & 1
  const length =
    layer === 1
      ? (Math.floor((12 * bitrate) / rate) + padding) * 4
      : Math.floor(((samples / 8) * bitrate) / rate) + padding
  const side = isFirst ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17
  return { layer, rate, channels, samples, length, tagAt: 4 + side }
}

/**
 * What the encoder says of its own work in the first frame: `Xing` (or `Info`), with LAME's delay and padding behind it
 * (http://gabriel.mp3-tech.org/mp3infotag.html), or Fraunhofer's `VBRI`.
 */
function readTag(bytes: Buffer, at: number, frame: Frame): { frames?: number; trimmed: number } | undefined {
  const tag = bytes.subarray(at + frame.tagAt, at + frame.length)
  const name = tag.toString('latin1', 0, 4)
  if ((name === 'Xing' || name === 'Info') && tag.length >= 12) {
    const flags = tag.readUInt32BE(4)
    const lame = 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
    const [x = 0, y = 0, z = 0] = tag.subarray(lame + 21, lame + 24)
    return { ...(flags & 1 && { frames: tag.readUInt32BE(8) }), trimmed: (x << 4) + (y >> 4) + ((y & 15) << 8) + z }
  }
  // Past 4 bytes of header and 32 of side information, whatever the channels.
  const other = bytes.subarray(at + 36, at + frame.length)
  if (other.toString('latin1', 0, 4) === 'VBRI' && other.length >= 18)
    return { frames: other.readUInt32BE(14), trimmed: other.readUInt16BE(6) }
  return undefined
}
