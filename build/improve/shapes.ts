import path from 'node:path'
import type { Shape } from '../pictures/shrink.ts'
import type { State } from '../state.ts'
import { urlSafe } from '../urlSafe.ts'
import type { Done } from './shrinkAll.ts'

const EXTENSIONS: Record<Shape['type'], string> = {
  'image/avif': 'avif',
  'image/webp': 'webp',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
}

export const extensionOf = (type: Shape['type']): string => EXTENSIONS[type]

/** What lies under the picture's own name after the build. */
export const ownBytes = ({ picture }: Done): number => picture.original?.bytes ?? picture.bytes

/** Encodings of the whole picture in other formats under its own name, smallest first; none for one that stays plain, whoever asks. */
export const others = ({ picture, plain }: Done): Shape[] =>
  plain
    ? []
    : picture.variants
        .filter(({ width, type }) => width === picture.width && type !== `image/${picture.format}`)
        .sort((a, b) => a.bytes - b.bytes)

/**
 * The hashed file of one encoding, which from then on is part of the build. It stands beside the picture, or, for one of the public
 * folder, in the folder of hashed files.
 */
export function fileOf(state: State, { file, reach }: Done, { hash, type, key, bytes }: Shape): string {
  const { assetsDir } = state.config.build
  const bare =
    reach === 'graph'
      ? file.replace(/-[0-9a-f]{8}\.[^./]+$/, '')
      : path.posix.join(assetsDir, urlSafe(file.replace(/\.[^./]+$/, '')))
  const made = `${bare}-${hash}.${EXTENSIONS[type]}`
  if (!state.pictures.has(made)) state.pictures.set(made, { key, bytes, kept: false })
  return made
}
