import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Answer } from '../../server/wire/manifest.ts'
import { findFrames } from '../atlas/frames.ts'
import { packAtlas, type Atlas } from '../atlas/pack.ts'
import { hashOf, nameHash } from '../cache.ts'
import { shrink } from '../pictures/shrink.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { isDecoded } from './scripts.ts'
import { extensionOf } from './shapes.ts'

/** Packs the frames of an atlas that the options name. @throws Error naming the globs that no file fits. */
export async function packNamed({ options, config, caches }: State, name: string): Promise<Atlas> {
  const { frames = [], ...more } = options.atlases[name] ?? {}
  const found = await findFrames(config.root, [frames].flat())
  return packAtlas({ name, frames: found, options: more }, caches.pictures)
}

/** Packs every atlas; its description keeps the name by which the game asks for it, its sheets carry their hash and the best format. */
export async function writeAtlases(state: State, site: Site): Promise<Record<string, Answer>> {
  const { options, caches, config, pictures } = state
  const answers: Record<string, Answer> = {}
  for (const name of Object.keys(options.atlases)) {
    const atlas = await packNamed(state, name)
    const files: { image: string; json: string }[] = []
    for (const [index, { png }] of atlas.sheets.entries()) {
      const part = index === 0 ? name : `${name}-${index}`
      const { picture } = await shrink(png, { name: `${part}.png` }, caches)
      const best = picture.variants.find(
        ({ type, width }) => width === picture.width && isDecoded(type, config.build.target),
      )
      const key = best?.key ?? hashOf(png)
      if (!best) await caches.variants.write(key, png)
      const image = `${part}-${best?.hash ?? nameHash(png)}.${extensionOf(best?.type ?? 'image/png')}`
      pictures.set(image, { key, bytes: best?.bytes ?? png.length, kept: true })
      state.files[`${part}.${extensionOf(best?.type ?? 'image/png')}`] = {
        file: image,
        bytes: best?.bytes ?? png.length,
      }
      files.push({ image: path.posix.basename(image), json: path.posix.basename(`${part}.json`) })
    }
    const folder = path.posix.dirname(name)
    await mkdir(path.join(site.dir, folder), { recursive: true })
    for (const [index, text] of atlas.describe(files).entries()) {
      const file = path.posix.join(folder, files[index]?.json ?? '')
      await writeFile(path.join(site.dir, file), text)
      site.added(file)
      answers[file] = { hash: nameHash(Buffer.from(text)), bytes: Buffer.byteLength(text), instead: [] }
    }
  }
  return answers
}
