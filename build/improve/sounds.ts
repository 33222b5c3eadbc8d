import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Instead } from '../../server/wire/manifest.ts'
import { findSiblings } from '../sound/siblings.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { urlSafe } from '../urlSafe.ts'

/** WAV files by name, each with smaller files of the same sound under names that carry their hash. */
export async function answerSounds(state: State, site: Site): Promise<Map<string, Instead[]>> {
  const { publicFiles, known, config } = state
  const answers = new Map<string, Instead[]>()
  for (const { wav, siblings } of await findSiblings([...publicFiles.keys()], config.publicDir)) {
    const instead: Instead[] = []
    for (const { file, bytes, type } of siblings) {
      const source = publicFiles.get(file)?.source ?? ''
      const extension = path.posix.extname(file)
      const stem = urlSafe(file.slice(0, -extension.length))
      const made = `${path.posix.join(config.build.assetsDir, stem)}-${await known.nameHash(source)}${extension}`
      await mkdir(path.join(site.dir, path.dirname(made)), { recursive: true })
      await copyFile(source, path.join(site.dir, made))
      site.added(made)
      instead.push({ file: made, bytes, type })
    }
    answers.set(wav, instead)
  }
  return answers
}
