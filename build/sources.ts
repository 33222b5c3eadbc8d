import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { EncodeRule } from './encode.ts'
import { DEFAULT_RULE, type ImageOptions } from './options.ts'

/** A picture in the art folder, or a cut of one. */
export interface Source {
  /** Path in the folder, without extension, with `/`: `scenes/village-sky`; of a cut `scenes/village-sky@tall`. */
  name: string
  file: string
  rule: EncodeRule
}

const RASTERS = new Set(['.png', '.jpg', '.jpeg', '.webp', '.avif', '.tif', '.tiff'])

/**
 * Every raster in the art folder, by name.
 * @throws Error naming the folder if it is missing, or both files if two would share a name.
 */
export async function findSources(folder: string, options: Required<ImageOptions>): Promise<Source[]> {
  if (!existsSync(folder))
    throw new Error(
      `There is no art folder ${folder}: create it, or set firstframe({ images: { root } }) to where the pictures are`,
    )
  const sources = new Map<string, Source>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))) {
    const file = path.join(entry.parentPath, entry.name)
    const extension = path.extname(entry.name)
    if (!entry.isFile() || !RASTERS.has(extension.toLowerCase())) continue
    const inside = path.relative(folder, file).replaceAll(path.sep, '/')
    if (options.exclude.some((glob) => path.matchesGlob(inside, glob))) continue
    const name = inside.slice(0, -extension.length)
    const rival = sources.get(name)
    if (rival)
      throw new Error(
        `Two pictures share the name "${name}": ${rival.file} and ${file}. Rename one, or leave it out by images.exclude`,
      )
    const { cuts = {}, ...rule } = options.rules.find(({ match }) => path.matchesGlob(name, match)) ?? DEFAULT_RULE
    sources.set(name, { name, file, rule })
    for (const [part, cut] of Object.entries(cuts)) {
      const cutName = `${name}@${part}`
      sources.set(cutName, { name: cutName, file, rule: { ...rule, widths: cut.widths, cut } })
    }
  }
  return [...sources.values()]
}

const order = (entry: { parentPath: string; name: string }): string => `${entry.parentPath}/${entry.name}`
