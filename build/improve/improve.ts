import path from 'node:path'
import type { Answer, Document } from '../../server/wire/manifest.ts'
import { imageSets } from '../markup/imageSets.ts'
import { findSelfManaged } from '../reach/selfManaged.ts'
import { openSite, type Site } from '../site.ts'
import { STATIC_WORKER, timed, type State } from '../state.ts'
import { collectAnswers } from './answers.ts'
import { writeAtlases } from './atlases.ts'
import { improveDocuments, picturesInPages } from './documents.ts'
import { warnOfScripts } from './drawings.ts'
import { improveFonts } from './fonts.ts'
import { takeImportMap, trimImportMap } from './importMap.ts'
import { fillInline } from './inlineStyles.ts'
import { lookupsOf } from './lookups.ts'
import { giveTrueNames } from './names.ts'
import { takeMaps } from './maps.ts'
import { describeDocuments } from './needs.ts'
import { findRasters, type Raster } from './rasters.ts'
import { renameInScripts } from './scripts.ts'
import { shrinkAll, type Done } from './shrinkAll.ts'
import { allTexts, builtTexts, mentioned } from './texts.ts'

/** What the improvement of a built folder has to tell. */
export interface Improved {
  site: Site
  pictures: Done[]
  /** Pictures that play cannot ask for, as far as texts tell. */
  unseen: Raster[]
  answers: Record<string, Answer>
  documents: Record<string, Document>
  importMap: Record<string, string> | undefined
  /** Source maps by the script they belong to; they are none of the site. */
  maps: ReadonlyMap<string, string>
  /** True where the pages register the kit's own service worker. */
  registers: boolean
}

/**
 * Makes a built folder smaller and faster without its sources' help: all of it in the folder that Vite has written, after every other
 * plugin has had its say, in this order.
 */
export async function improve(state: State, outDir: string): Promise<Improved> {
  const site = await openSite(outDir)
  warnOfScripts(state, site)
  const { reached, unseen } = await timed(state, 'search', () => findRasters(state, site))
  const pictures = await timed(state, 'pictures', () => shrinkAll(state, site, reached, picturesInPages(state, site)))

  const lookupFrom = lookupsOf(state, pictures)
  renameInScripts(state, site, pictures)
  for (const file of builtTexts(state, site, /\.css$/)) site.setText(file, imageSets(site.text(file), lookupFrom(file)))
  const fonts = await timed(state, 'fonts', () => improveFonts(state, site))
  const registers = mayRegister(state, site)
  await timed(state, 'documents', () => improveDocuments(state, site, lookupFrom, { registers, fonts }))

  const sheets = await timed(state, 'atlases', () => writeAtlases(state, site))
  const answers = await timed(state, 'answers', () =>
    collectAnswers(state, site, pictures, new Set(unseen.map(({ file }) => file))),
  )
  Object.assign(answers, sheets)
  dropUnused(state, site, pictures, answers)
  await timed(state, 'originals', () => writeOriginals(state, site, pictures))
  trimImportMap(state, site)
  const taken = takeMaps(state, site)
  const names = giveTrueNames(state, site)
  const maps = new Map(Array.from(taken, ([script, map]) => [names.get(script) ?? script, map]))
  renameInManifest(state, names)
  fillInline(state, site)
  const importMap = takeImportMap(state, site)
  await site.flush()
  return { site, pictures, unseen, answers, documents: describeDocuments(state, site), importMap, maps, registers }
}

/** Whether the pages may take the kit's service worker in: not where the game has one of its own, which stays the only one. */
function mayRegister(state: State, site: Site): boolean {
  const { register, config, publicFiles, built } = state
  if (register === undefined) return false
  const texts = allTexts(state, site).filter(({ name }) => name !== register)
  const isTaken =
    publicFiles.has(STATIC_WORKER) ||
    config.plugins.some(({ name }) => name.startsWith('vite-plugin-pwa')) ||
    findSelfManaged(texts).length > 0
  if (!isTaken) return true
  site.remove(register)
  built.delete(register)
  return false
}

/** Forgets encodings that nothing came to name, and pictures of the graph whose place better ones have taken; lists the others. */
function dropUnused(state: State, site: Site, pictures: Done[], answers: Record<string, Answer>): void {
  const names = mentioned(site, builtTexts(state, site))
  const sent = new Set(Object.values(answers).flatMap(({ instead }) => instead.map(({ file }) => file)))
  for (const [file, { bytes, kept }] of state.pictures) {
    if (kept) continue
    if (!names.has(path.posix.basename(file)) && !sent.has(file)) state.pictures.delete(file)
    // Listed, it is served as what it is: a file that never changes.
    else state.files[file.replace(/-[0-9a-f]{8}(?=\.\w+$)/, '')] = { file, bytes }
  }
  for (const { file, reach } of pictures)
    if (reach === 'graph' && !names.has(path.posix.basename(file))) {
      site.remove(file)
      state.built.delete(file)
      for (const [name, entry] of Object.entries(state.files)) if (entry.file === file) delete state.files[name]
    }
}

/** Puts the smaller file of the same format under each picture's own name. */
async function writeOriginals({ caches }: State, site: Site, pictures: Done[]): Promise<void> {
  for (const { file, picture } of pictures) {
    if (!picture.original || !site.has(file)) continue
    await caches.variants.copy(picture.original.key, path.join(site.dir, file))
  }
}

/** Files whose names have changed since the bundle told of them, and whose bytes have. */
function renameInManifest(state: State, names: ReadonlyMap<string, string>): void {
  const now = (file: string): string => names.get(file) ?? file
  for (const entry of Object.values(state.entries)) {
    entry.file = now(entry.file)
    if (entry.imports) entry.imports = entry.imports.map(now)
    if (entry.css) entry.css = entry.css.map(now)
  }
  for (const [name, file] of Object.entries(state.files)) {
    state.files[name] = { ...file, file: now(file.file) }
  }
}
