import { hashOf, recallWhole, type Cache } from '../cache.ts'
import type { Quality } from '../options.ts'
import { ENCODER } from './codec.ts'
import { clueOf, type Kind } from './kind.ts'
import { makeFor } from './pool.ts'
import type { Shrunk } from './shape.ts'

export type { Kind } from './kind.ts'
export type { Shape, Shrunk } from './shape.ts'

export interface ShrinkOptions {
  /** Path of the picture: words in it, as in `rock_normal.png`, tell data from pictures. */
  name: string
  /** Overrules what the name and the pixels say of a still. */
  kind?: Kind
  /** Keeps every pixel as it is, whatever the kind. Default false. */
  exact?: boolean
  /** Further widths, for `<img>`; of photos and art only, those below the picture's own. Default none. */
  widths?: number[]
  /** Overrules the measured qualities. */
  quality?: Partial<Quality>
  /** Asked before each AVIF encode; false leaves AVIF to a later call, whose record is then completed. Default: always. */
  avif?: () => boolean
  /** Makes `original`, the optimised file of the source's own format. Default false. */
  keep?: boolean
}

/** `pictures` holds records, `variants` the encoded bytes they name. */
export interface PictureCaches {
  pictures: Cache
  variants: Cache
}

/** What {@link recallShrunk} takes for a source's bytes. */
export const sourceHash = (bytes: Uint8Array): string => hashOf(bytes)

/**
 * The smallest encodings of a picture that look the same as it does, from the cache where they have been made before.
 * `encodes` counts those made now.
 * @throws Error, without the picture's name, where the bytes are no picture, are broken, or hold too many pixels.
 */
export async function shrink(
  bytes: Buffer,
  options: ShrinkOptions,
  caches: PictureCaches,
): Promise<{ picture: Shrunk; encodes: number }> {
  const source = sourceHash(bytes)
  const known = await recallShrunk(source, options, caches)
  if (known && !(known.pending && (options.avif?.() ?? true))) return { picture: known, encodes: 0 }

  const { avif = () => true, ...rest } = options
  const { picture, files, encodes } = await makeFor({ bytes, options: rest, known }, avif)
  for (const { key, data } of files) await caches.variants.write(key, data)
  await caches.pictures.write(recordKey(source, options), Buffer.from(JSON.stringify(picture)))
  return { picture, encodes }
}

/** The record of a picture whose bytes have this {@link sourceHash}, if the cache still has every file that it names. */
export const recallShrunk = (
  hash: string,
  options: ShrinkOptions,
  { pictures, variants }: PictureCaches,
): Promise<Shrunk | undefined> =>
  recallWhole<Shrunk>({ records: pictures, files: variants }, recordKey(hash, options), ({ original, variants }) =>
    original ? [original, ...variants] : variants,
  )

const recordKey = (source: string, { name, kind, exact, widths, quality, keep }: ShrinkOptions): string =>
  hashOf(source, ENCODER, JSON.stringify([clueOf(name), kind, exact, widths, quality, keep]))
