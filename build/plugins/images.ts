import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'vite'
import type { Image } from '../../server/wire/manifest.ts'
import { encodePicture, type Encoded, type Picture } from '../encode.ts'
import { inParallel } from '../parallel.ts'
import { startProgress } from '../progress.ts'
import { findSources, type Source } from '../sources.ts'
import { urlSafe } from '../urlSafe.ts'
import { artFolder, timed, type Painted, type State } from '../state.ts'

/** The folder of everything whose name carries a hash. */
const FOLDER = 'assets'

/** Encodes every picture of the art folder; their variants enter the manifest and, by {@link writePictures}, what is served. */
export function images(state: State): Plugin {
  return {
    name: 'firstframe:images',
    apply: 'build',
    async buildStart() {
      const { images } = state.options
      if (images === false || this.environment.config.consumer !== 'client') return
      const sources = await findSources(artFolder(state), images)
      state.art = await timed(state, 'art', () => encodeAll(state, sources))
      for (const { name, picture } of state.art) {
        state.images[name] = describe(name, picture)
        for (const variant of picture.variants) {
          const { key, bytes } = variant
          state.pictures.set(fileOf(name, variant), { key, bytes, kept: true })
        }
      }
    },
  }
}

/** Copies the variants out of the cache. */
export async function writePictures(state: State, outDir: string): Promise<void> {
  const files = [...state.pictures]
  for (const folder of new Set(files.map(([file]) => path.dirname(file))))
    await mkdir(path.join(outDir, folder), { recursive: true })
  await inParallel(files, ([file, { key }]) => state.caches.variants.copy(key, path.join(outDir, file)), 16)
}

/** All bad pictures are told at once: who drops in a folder of broken exports wants the list. */
async function encodeAll(state: State, sources: Source[]): Promise<Painted[]> {
  const progress = startProgress('pictures', sources.length)
  const broken: string[] = []
  const made = await inParallel(sources, async ({ name, file, rule }): Promise<Painted[]> => {
    const bytes = await readFile(file)
    try {
      const { picture, fresh } = await encodePicture(bytes, rule, state.caches)
      progress.step(fresh)
      return [{ name, source: file, bytes: bytes.length, picture, fresh }]
    } catch (error) {
      if (!(error instanceof Error) || error.message.startsWith('The cache ')) throw error
      broken.push(`  ${file}: ${error.message.replaceAll('\n', ' ')}`)
      return []
    }
  })
  progress.end()
  if (broken.length > 0)
    throw new Error(
      `${broken.length === 1 ? 'A picture' : `${broken.length} pictures`} cannot be read:\n${broken.toSorted().join('\n')}\nExport again what is broken, move it out of the art folder, or name it in images.exclude`,
    )
  return made.flat()
}

const describe = (name: string, { variants, ...rest }: Picture): Image => ({
  ...rest,
  variants: variants.map((variant) => {
    const { type, width, height, bytes } = variant
    return { file: fileOf(name, variant), bytes, type, width, height }
  }),
})

const fileOf = (name: string, { width, hash, type }: Encoded): string =>
  `${FOLDER}/${urlSafe(name)}-${width}-${hash}.${type === 'image/jpeg' ? 'jpg' : type.slice('image/'.length)}`
