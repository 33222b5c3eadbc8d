import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { PictureOptions } from '../options.ts'
import { inPool } from '../pictures/pool.ts'
import { recallShrunk, shrink, sourceHash, type ShrinkOptions, type Shrunk } from '../pictures/shrink.ts'
import { startProgress } from '../progress.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import type { Raster } from './rasters.ts'

export interface Done extends Raster {
  picture: Shrunk
  /** Encodes made now, none of them from the cache. */
  encodes: number
}

/** The worth of a picture's megapixels by its bytes, before anyone has looked into it. */
const BYTES_A_MEGAPIXEL = 400_000

/**
 * Shrinks pictures on all cores, the largest first. AVIF is made until its seconds are over; the next build goes on where this one stopped.
 * @throws Error naming every picture that is broken: who drops in a folder of bad exports wants the list.
 */
export async function shrinkAll(
  state: State,
  site: Site,
  rasters: Raster[],
  widths: ReadonlySet<string>,
): Promise<Done[]> {
  const { pictures } = state.options
  if (pictures === false || rasters.length === 0) return []
  const until = performance.now() + pictures.avifSeconds * 1000
  const broken: { raster: Raster; message: string }[] = []
  const progress = startProgress('pictures', rasters.length)
  const ordered = rasters.toSorted((a, b) => b.bytes - a.bytes)
  const done = await inPool(
    ordered,
    async (raster): Promise<Done[]> => {
      const options = {
        ...optionsFor(pictures, raster.name),
        avif: () => performance.now() < until,
        ...(widths.has(raster.file) && { widths: pictures.widths }),
      }
      try {
        const { picture, encodes } = await shrinkOne(state, site, raster, options)
        progress.step(encodes > 0)
        return [{ ...raster, picture, encodes }]
      } catch (error) {
        if (!isAboutPicture(error)) throw error
        broken.push({ raster, message: error.message.replaceAll('\n', ' ') })
        return []
      }
    },
    ({ bytes }) => bytes / BYTES_A_MEGAPIXEL,
  )
  progress.end()
  if (broken.length > 0) throw new Error(tellBroken(broken))
  return done.flat()
}

function tellBroken(broken: { raster: Raster; message: string }[]): string {
  const what = broken.length === 1 ? 'A picture' : `${broken.length} pictures`
  const lines = broken.map(({ raster, message }) => `  ${raster.source}: ${message}`).toSorted()
  const names = JSON.stringify(broken.map(({ raster }) => raster.name).toSorted())
  return `${what} cannot be read:\n${lines.join('\n')}\nExport again what is broken, or leave it as it is by firstframe({ pictures: { exclude: ${names} } })`
}

/** Not a fault of ours, of the cache or of the file system. */
const isAboutPicture = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'Error' && !('syscall' in error) && !error.message.startsWith('The cache ')

/** How a picture of this name is to be encoded, in a build and in development alike. */
export function optionsFor({ exact, lossy }: Required<PictureOptions>, name: string): ShrinkOptions {
  const fits = (globs: readonly string[]): boolean => globs.some((glob) => path.matchesGlob(name, glob))
  return { name, keep: true, ...(fits(exact) && { exact: true }), ...(fits(lossy) && { kind: 'art' as const }) }
}

async function shrinkOne(
  { caches, known }: State,
  site: Site,
  { file, source, reach }: Raster,
  options: ShrinkOptions,
): Promise<{ picture: Shrunk; encodes: number }> {
  // What Vite's graph holds may have been made by another plugin; the public folder is copied as it is, and seldom needs to be read.
  const built = reach === 'graph' ? site.bytes(file) : undefined
  const hash = built ? sourceHash(built) : await known.hash(source)
  const recalled = await recallShrunk(hash, options, caches)
  if (recalled && !(recalled.pending && options.avif?.())) return { picture: recalled, encodes: 0 }
  return shrink(built ?? (await readFile(source)), options, caches)
}
