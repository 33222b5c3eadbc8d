import { decodeFrames, encodeFrames, readHeader, type Header, type Settings } from './codec.ts'
import { kindOf } from './kind.ts'
import { betterQuality, scoreOf, subjectOf, TARGET } from './search.ts'
import type { Made } from './shape.ts'
import { fitsWebp } from './still.ts'
import { survey } from './survey.ts'

/** All frames of an animation together, when it is made again: each is held in memory. */
const MOST_PIXELS = 50_000_000
const FIRST_QUALITY = 78

/**
 * A GIF as animated WebP with its delays and rounds, lossy or lossless, whichever is smaller; measured on its frames. Undefined where that
 * cannot be done faithfully. Animations in other formats are left as they are.
 */
export async function animateWebp(bytes: Buffer, header: Header): Promise<{ made: Made | undefined; encodes: number }> {
  const { width, pageHeight: height = header.height, pages = 1 } = header
  if (width * height * pages > MOST_PIXELS || !fitsWebp({ width, height, channels: 4 }))
    return { made: undefined, encodes: 0 }
  const frames = await decodeFrames(bytes)
  const isPixels = kindOf(-1, header, survey(frames)).kind === 'pixels'
  let encodes = 0
  const make = async (settings: Settings): Promise<Made | undefined> => {
    const data = await encodeFrames(bytes, settings)
    encodes++
    return isTimedAlike(header, await readHeader(data))
      ? { type: 'image/webp', width, height, data, score: null, settings }
      : undefined
  }
  const exact = await make({ lossless: true, effort: 4 })
  if (isPixels) return { made: exact, encodes }

  const subject = subjectOf(frames)
  const measured = async (quality: number): Promise<Made | undefined> => {
    const made = await make({ quality, effort: 4, alphaQuality: 100 })
    if (!made) return undefined
    return { ...made, score: await scoreOf(subject, await decodeFrames(made.data)) }
  }
  let lossy = await measured(FIRST_QUALITY)
  const quality = lossy ? betterQuality('webp', FIRST_QUALITY, lossy.score ?? 0, TARGET) : FIRST_QUALITY
  if (quality > FIRST_QUALITY) lossy = await measured(quality)
  const best = !lossy || (exact && exact.data.length <= lossy.data.length) ? exact : lossy
  return { made: best, encodes }
}

/** Frames that are the same may have been joined: that would be no harm, but the frames could not be compared one by one. */
function isTimedAlike(one: Header, other: Header): boolean {
  return (
    one.pages === other.pages &&
    (one.loop ?? 0) === (other.loop ?? 0) &&
    (one.delay ?? []).every((delay, frame) => other.delay?.[frame] === delay)
  )
}
