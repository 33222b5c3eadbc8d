/** What libvips does not tell of a PNG, read from its chunks (PNG specification, third edition, section 5). */
export interface PngFacts {
  /** Of the header, whatever follows: width, height. */
  width: number
  height: number
  /** More than 1 for an animated PNG, of which libvips decodes the first frame only. */
  frames: number
  /** A gamma other than sRGB's, or colours coded for high dynamic range: browsers heed them, libvips does not. */
  hasOwnColours: boolean
  /** Anything that has a browser convert its colours. */
  isConverted: boolean
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** sRGB's as `gAMA` has it, times 100,000. */
const SRGB_GAMMA = 45_455

/** Undefined for what is no PNG. */
export function readPng(bytes: Buffer): PngFacts | undefined {
  if (!bytes.subarray(0, 8).equals(SIGNATURE) || bytes.length < 33) return undefined
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (name === 'IDAT' || name === 'IEND') break
    chunks.set(name, bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const control = chunks.get('acTL')
  const gamma = chunks.get('gAMA')
  const isOffGamma =
    gamma?.length === 4 &&
    !chunks.has('sRGB') &&
    !chunks.has('iCCP') &&
    Math.abs(gamma.readUInt32BE(0) - SRGB_GAMMA) > 1000
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    frames: Math.max(1, control?.length === 8 ? control.readUInt32BE(0) : 1),
    hasOwnColours: isOffGamma || chunks.has('cICP'),
    isConverted: isOffGamma || chunks.has('cICP') || chunks.has('iCCP'),
  }
}
