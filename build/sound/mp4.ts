import type { Source } from './source.ts'
import type { SoundFacts } from './types.ts'

type Facts = Pick<SoundFacts, 'codec' | 'seconds' | 'rate' | 'channels'>

const CODECS: Record<string, SoundFacts['codec']> = { mp4a: 'aac', Opus: 'opus', '.mp3': 'mp3' }
/** A movie's description larger than this is none of a sound's. */
const LARGEST = 16 * 2 ** 20

/** ISO 14496-12: boxes of a size, a name and a body, in each other. */
export async function readMp4(source: Source): Promise<Facts> {
  let movie: Buffer | undefined
  for (let at = 0; at + 8 <= source.bytes;) {
    const { name, header, size } = boxAt(await source.readUpTo(at, 16), 0, source.bytes - at)
    if (size > source.bytes - at) throw new Error('it is cut short')
    if (name === 'moov' && size <= LARGEST) movie = await source.read(at + header, size - header)
    at += size
  }
  if (!movie) throw new Error('it has no description of what it plays')
  const time = find(movie, 'mvhd')
  const tracks = children(movie).filter(({ name }) => name === 'trak')
  const [track] = tracks.map(({ body }) => readTrack(body))
  if (!time || !track || tracks.length > 1) throw new Error('it is not one track of sound')
  return { ...track, seconds: secondsOf(time) || secondsOf(find(movie, 'mvex', 'mehd'), time) }
}

/** @throws Error where the track is no sound: a picture, subtitles. */
function readTrack(track: Buffer): Omit<Facts, 'seconds'> {
  const kind = find(track, 'mdia', 'hdlr')?.toString('latin1', 8, 12)
  const entries = find(track, 'mdia', 'minf', 'stbl', 'stsd')
  const [entry] = entries ? children(entries.subarray(8)) : []
  if (kind !== 'soun' || !entry || entry.body.length < 28) throw new Error('it is not one track of sound')
  const { name, body } = entry
  return {
    codec: CODECS[name] ?? 'other',
    rate: body.readUInt32BE(24) / 65_536,
    channels: channelsOf(body.subarray(28)) ?? body.readUInt16BE(16),
  }
}

/** As AAC's own configuration has them (ISO 14496-3, 1.6.2.1): the field in the track says 2 for mono, too. */
function channelsOf(boxes: Buffer): number | undefined {
  let at = 4
  const descriptors = find(boxes, 'esds')
  // ISO 14496-1, 7.2.6: a tag, a length of seven bits a byte; 3 holds 4, which holds 5.
  for (const skipped of [3, 13, 0]) {
    if (!descriptors || at + 2 > descriptors.length) return undefined
    do at++
    while (((descriptors[at] ?? 0) & 128) > 0)
    at += 1 + skipped
  }
  const [first = 0, second = 0] = descriptors?.subarray(at) ?? []
  // Five bits of kind and four of rate, both of the common sort, stand before them.
  if (first >> 3 === 31 || (((first & 7) << 1) | (second >> 7)) === 15) return undefined
  const channels = (second >> 3) & 15
  return channels === 0 ? undefined : channels === 7 ? 8 : channels
}

/** Of `mvhd`, or of `mehd` in the units that `mvhd` tells. */
function secondsOf(body: Buffer | undefined, units?: Buffer): number {
  if (!body) return 0
  const wide = body[0] === 1
  const scale = (header: Buffer): number => header.readUInt32BE(header[0] === 1 ? 20 : 12)
  const at = units ? 4 : wide ? 24 : 16
  const length = wide ? Number(body.readBigUInt64BE(at)) : body.readUInt32BE(at)
  return length / (scale(units ?? body) || 1)
}

interface Box {
  name: string
  /** Bytes before the body. */
  header: number
  /** With its header. */
  size: number
}

/** @param left bytes from here to the end of what it stands in, for a box that goes on to there. */
function boxAt(bytes: Buffer, at: number, left: number): Box {
  const short = bytes.readUInt32BE(at)
  const name = bytes.toString('latin1', at + 4, at + 8)
  const header = short === 1 ? 16 : 8
  if (short === 1 && at + 16 > bytes.length) throw new Error('it is cut short')
  const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? left : short
  if (size < header) throw new Error('its boxes are broken')
  return { name, header, size }
}

function children(body: Buffer): { name: string; body: Buffer }[] {
  const found: { name: string; body: Buffer }[] = []
  for (let at = 0; at + 8 <= body.length;) {
    const { name, header, size } = boxAt(body, at, body.length - at)
    found.push({ name, body: body.subarray(at + header, at + size) })
    at += size
  }
  return found
}

const find = (body: Buffer, ...names: string[]): Buffer | undefined =>
  names.reduce<Buffer | undefined>(
    (place, name) => place && children(place).find((box) => box.name === name)?.body,
    body,
  )
