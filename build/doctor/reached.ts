import { findReached } from '../reach/reach.ts'
import { madeIn, type Folder, type Shipped } from './folder.ts'

/** Files whose text names others. */
const TEXTS =
  'html htm js mjs css json webmanifest xml svg txt atlas fnt plist gltf mtl tmj tsj tmx tsx ldtk yaml yml csv'.split(
    ' ',
  )
/** A text of this size is data, and would take its time. */
const LARGEST_TEXT = 20e6

/** Files that a player can come to ask for: named by a text of the folder, by a pattern of one, or by the manifest. */
export function reachedIn(folder: Folder): Shipped[] {
  const roots = rootsOf(folder)
  const texts = folder
    .of(...TEXTS)
    .filter(({ name, bytes }) => bytes < LARGEST_TEXT && !(folder.manifest && name === 'manifest.json'))
    .map((file) => ({ name: file.name, text: folder.textOf(file) }))
  const files = [...folder.files.keys()].filter((name) => !roots.has(name))
  const reached = findReached({ files, texts, base: baseOf(folder) })
  return [...folder.files.values()].filter(({ name }) => roots.has(name) || reached.has(name))
}

/** What is asked for without being named: documents, and what the manifest lists. */
function rootsOf({ files, manifest, pages }: Folder): Set<string> {
  const roots = new Set(pages.keys())
  // A server makes the pages: which scripts and styles they name is not to be seen here.
  if (pages.size === 0)
    for (const { name, suffix } of files.values()) if (/^(?:m?js|css)$/.test(suffix)) roots.add(name)
  if (!manifest) return roots
  for (const { file, imports = [], css = [] } of Object.values(manifest.entries))
    for (const name of [file, ...imports, ...css]) roots.add(name)
  for (const { file } of Object.values(manifest.files)) roots.add(file)
  for (const name of madeIn(manifest)) roots.add(name)
  if (manifest.worker !== undefined) roots.add(manifest.worker)
  return roots
}

/** The path that the site will stand under, by how its pages name what they load: `/game/` where `/game/a.js` is `a.js`. */
function baseOf(folder: Folder): string {
  for (const [page, tags] of folder.pages)
    for (const { attributes } of tags) {
      const url = attributes['src'] ?? attributes['href'] ?? ''
      const file = url.startsWith('/') ? folder.locate(url, page) : undefined
      if (file && url.endsWith(file.name)) return url.slice(0, -file.name.length)
    }
  return '/'
}
