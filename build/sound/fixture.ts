/** Sound files of silence, made by hand: what an encoder writes around its sound, and nothing in it. */
interface Shape {
  seconds: number
  rate?: number
  channels?: 1 | 2
}

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8])
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer)
const big = (...values: number[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    }),
  )

export function wav(
  { seconds, rate = 22_050, channels = 1 }: Shape,
  { tag = 1, size }: { tag?: number; size?: number } = {},
): Buffer {
  const data = Buffer.alloc(Math.round(seconds * rate) * channels * 2)
  const format = [u16(tag), u16(channels), u32(rate), u32(rate * channels * 2), u16(channels * 2), u16(16)]
  const list = [Buffer.from('LIST'), u32(3), Buffer.from('abc\0')]
  const body = [
    Buffer.from('WAVEfmt '),
    u32(16),
    ...format,
    ...list,
    Buffer.from('data'),
    u32(size ?? data.length),
    data,
  ]
  const bytes = Buffer.concat(body)
  return Buffer.concat([Buffer.from('RIFF'), u32(bytes.length), bytes])
}

/** MPEG-1 layer III at 44,100 Hz, or MPEG-2 at half of that. `delay` and `padding` are LAME's. */
export function mp3(
  { seconds, rate = 44_100, channels = 2 }: Shape,
  {
    xing = true,
    id3 = false,
    delay = 576,
    padding = 1000,
  }: { xing?: boolean; id3?: boolean; delay?: number; padding?: number } = {},
): Buffer {
  const isFirst = rate === 44_100
  const samples = isFirst ? 1152 : 576
  const head = Buffer.from([0xff, isFirst ? 0xfb : 0xf3, isFirst ? 0x90 : 0x80, channels === 1 ? 0xc4 : 0x04])
  const length = Math.floor(((samples / 8) * (isFirst ? 128_000 : 64_000)) / rate)
  const frame = Buffer.concat([head, Buffer.alloc(length - 4)])
  const trimmed = xing ? delay + padding : 0
  const frames = Math.ceil((Math.round(seconds * rate) + trimmed) / samples)
  // With a picture in it, in which anything may stand.
  const parts = id3 ? [Buffer.from('ID3\u0004\0\0\0\u0006\u000d\u0020'), Buffer.alloc(100_000, 0xff)] : []
  if (xing) {
    const info = Buffer.from(frame)
    const at = 4 + (isFirst ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17)
    const rest = frames * samples - Math.round(seconds * rate) - delay
    info.write('Info', at)
    info.writeUInt32BE(15, at + 4)
    info.writeUInt32BE(frames, at + 8)
    info.write('LAME3.100', at + 120)
    info.set([delay >> 4, ((delay & 15) << 4) | (rest >> 8), rest & 255], at + 141)
    parts.push(info)
  }
  return Buffer.concat([
    ...parts,
    ...Array.from({ length: frames }, () => frame),
    id3 ? Buffer.from(`TAG${'\0'.repeat(125)}`) : Buffer.alloc(0),
  ])
}

const box = (name: string, ...body: Buffer[]): Buffer =>
  Buffer.concat([big(8 + body.reduce((sum, part) => sum + part.length, 0)), Buffer.from(name, 'latin1'), ...body])

/** AAC in MP4; the description after the sound, as encoders leave it that were not asked otherwise. */
export function m4a(
  { seconds, rate = 44_100, channels = 2 }: Shape,
  {
    codec = 'mp4a',
    handler = 'soun',
    fragmented = false,
    bytes = 2000,
  }: { codec?: string; handler?: string; fragmented?: boolean; bytes?: number } = {},
): Buffer {
  const length = Math.round(seconds * 1000)
  const header = box('mvhd', Buffer.alloc(12), big(1000, fragmented ? 0 : length), Buffer.alloc(80))
  const configuration = Buffer.from([0x12, channels << 3])
  // Lengths of descriptors as some encoders write them: four bytes where one would do.
  const descriptor = (tag: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, 0x80, 0x80, 0x80, body.length]), body])
  const decoder = descriptor(4, Buffer.concat([Buffer.alloc(13), descriptor(5, configuration)]))
  const esds = box('esds', Buffer.alloc(4), descriptor(3, Buffer.concat([Buffer.alloc(3), decoder])))
  const fields = Buffer.alloc(28)
  // Always two, whatever the configuration says.
  fields.writeUInt16BE(2, 16)
  fields.writeUInt32BE(rate * 65_536, 24)
  const entries = box('stsd', big(0, 1), box(codec, fields, esds))
  const media = box(
    'mdia',
    box('hdlr', Buffer.alloc(8), Buffer.from(handler), Buffer.alloc(13)),
    box('minf', box('stbl', entries)),
  )
  const more = fragmented ? [box('mvex', box('mehd', big(0, length)))] : []
  return Buffer.concat([
    box('ftyp', Buffer.from('M4A \0\0\0\0')),
    box('mdat', Buffer.alloc(bytes)),
    box('moov', header, box('trak', media), ...more),
  ])
}

function page(serial: number, kind: number, position: bigint, body: Buffer): Buffer {
  const header = Buffer.alloc(27)
  header.write('OggS')
  header[5] = kind
  header.writeBigUInt64LE(position, 6)
  header.writeUInt32LE(serial, 14)
  const lengths = [...Array.from({ length: Math.floor(body.length / 255) }, () => 255), body.length % 255]
  header[26] = lengths.length
  return Buffer.concat([header, Buffer.from(lengths), body])
}

export function ogg(
  { seconds, rate = 44_100, channels = 2 }: Shape,
  { codec = 'vorbis', last = 4 }: { codec?: 'vorbis' | 'opus' | 'flac'; last?: number } = {},
): Buffer {
  const header = {
    vorbis: Buffer.concat([Buffer.from('\u0001vorbis'), u32(0), Buffer.from([channels]), u32(rate), Buffer.alloc(14)]),
    opus: Buffer.concat([Buffer.from('OpusHead\u0001'), Buffer.from([channels]), u16(312), u32(rate), Buffer.alloc(3)]),
    flac: Buffer.from('\u007fFLAC'),
  }[codec]
  const end = codec === 'opus' ? Math.round(seconds * 48_000) + 312 : Math.round(seconds * rate)
  // A page of samples holds sound, in which anything may stand, also what looks like a page.
  const sound = Buffer.concat([Buffer.alloc(700), Buffer.from('OggS'), Buffer.alloc(300)])
  return Buffer.concat([
    page(7, 2, 0n, header),
    page(7, 0, 0xffff_ffff_ffff_ffffn, sound),
    page(7, last, BigInt(end), sound),
  ])
}
