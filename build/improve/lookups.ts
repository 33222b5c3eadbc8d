import type { Format, Found, Lookup } from '../markup/lookup.ts'
import type { Shape } from '../pictures/shrink.ts'
import type { State } from '../state.ts'
import { readAddress } from './addresses.ts'
import { fileOf } from './shapes.ts'
import type { Done } from './shrinkAll.ts'

/** Best first: what of a set of types is tried in this order. */
const TYPES = ['image/avif', 'image/webp'] as const

/**
 * Finds the picture that an address in a page or stylesheet means, with the addresses of its encodings, written in the manner of the one
 * that was asked for: with the base, or relative to the text they stand in.
 */
export function lookupsOf(state: State, pictures: Done[]): (from: string) => Lookup {
  const byFile = new Map(pictures.map((done) => [done.file, done]))

  return (from) => (url) => {
    const address = readAddress(url, from, state.config.base)
    const done = address && byFile.get(address.file)
    // What is behind the name (a cache buster, a part of an SVG) has its reasons.
    if (!done || address.rest !== '') return undefined
    return describe(done, url, (shape) => address.of(fileOf(state, done, shape)))
  }
}

function describe(done: Done, url: string, urlOf: (shape: Shape) => string): Found {
  const { picture } = done
  const { width, height, alpha, placeholder } = picture
  const candidates = (type: string): Shape[] =>
    picture.variants.filter((shape) => shape.type === type).toSorted((a, b) => a.width - b.width)
  const formats: Format[] = []
  for (const type of TYPES) {
    const shapes = candidates(type)
    // A set without the whole picture would be unsharp on a large screen.
    if (type === `image/${picture.format}` || shapes.at(-1)?.width !== width) continue
    formats.push({ type, candidates: shapes.map((shape) => ({ url: urlOf(shape), width: shape.width })) })
  }
  const narrower = candidates(`image/${picture.format}`).filter((shape) => shape.width < width)
  const fallback = [...narrower.map((shape) => ({ url: urlOf(shape), width: shape.width })), { url, width }]
  return { width, height, alpha, placeholder, fallback, formats }
}
