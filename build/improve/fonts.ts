import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { nameHash } from '../cache.ts'
import { splitFontFaces } from '../fonts/fontFaces.ts'
import { usedCharacters } from '../fonts/usedCharacters.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { urlSafe } from '../urlSafe.ts'
import { readAddress } from './addresses.ts'
import { allTexts, builtTexts } from './texts.ts'

/**
 * Cuts the fonts of stylesheets to the characters that the build's texts use; the rest of each stays within reach. Pages made by a server
 * hold texts that nobody here knows: their fonts stay whole.
 * @returns what a browser now fetches first in a font's place, by the font's file.
 */
export async function improveFonts(state: State, site: Site): Promise<Map<string, string>> {
  const { options, caches, config, built } = state
  const first = new Map<string, string>()
  if (!options.fonts || builtTexts(state, site, /\.html$/).length === 0) return first
  const sheets = builtTexts(state, site, /\.css$/).filter((file) => /@font-face/i.test(site.text(file)))
  if (sheets.length === 0) return first
  const used = usedCharacters(allTexts(state, site).map(({ name, text }) => ({ file: name, text })))
  const made = new Map<string, Buffer>()
  for (const sheet of sheets) {
    const text = await splitFontFaces(site.text(sheet), {
      used,
      cache: caches.encodings,
      read(url) {
        const address = readAddress(url, sheet, config.base)
        return address && site.has(address.file) ? site.bytes(address.file) : undefined
      },
      emit(from, part, bytes) {
        const address = readAddress(from, sheet, config.base)
        if (!address) throw new Error(`${sheet}: the font ${from} lies outside of the build`)
        const file = nameOf(state, address.file, part, bytes)
        made.set(file, bytes)
        if (part === 'subset' || !first.has(address.file)) first.set(address.file, file)
        return address.of(file)
      },
      warn: (message) => config.logger.warn(`${sheet}: ${message}`),
    })
    site.setText(sheet, text)
  }
  for (const [file, bytes] of made) {
    await mkdir(path.join(site.dir, path.dirname(file)), { recursive: true })
    await writeFile(path.join(site.dir, file), bytes)
    site.added(file)
    built.add(file)
    state.files[file.replace(/-[0-9a-f]{8}\./, '.')] = { file, bytes: bytes.length }
  }
  return first
}

/** Beside the font it is made of; one of the public folder joins the hashed files. */
function nameOf({ built, config }: State, file: string, part: string, bytes: Buffer): string {
  const stem = urlSafe(file.replace(/(?:-[0-9a-f]{8})?\.[^./]+$/, ''))
  const place = built.has(file) ? stem : path.posix.join(config.build.assetsDir, stem)
  return `${place}${part === 'subset' ? '-subset' : ''}-${nameHash(bytes)}.woff2`
}
