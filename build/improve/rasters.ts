import { stat } from 'node:fs/promises'
import path from 'node:path'
import { findReached, type Reach } from '../reach/reach.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { allTexts, decode } from './texts.ts'

/** A picture of the built folder that may be made smaller. */
export interface Raster {
  /** In the built folder. */
  file: string
  /** What globs and people call it: its path in the public folder, or from Vite's root. */
  name: string
  /** The file it was built from, absolute. */
  source: string
  /** Of the source. */
  bytes: number
  /** How play gets to it. */
  reach: Reach | 'graph' | 'unseen'
  /** True where its own name and format must stay, whoever asks: an icon, the picture of a link that is shared. */
  plain: boolean
}

const RASTER = /\.(?:png|jpe?g|webp|avif|gif)$/i
/** Pictures of the built folder: those that play can ask for, and how many there are that it cannot, as far as texts tell. */
export async function findRasters(state: State, site: Site): Promise<{ reached: Raster[]; unseen: Raster[] }> {
  const { pictures } = state.options
  if (pictures === false) return { reached: [], unseen: [] }
  const { config, graph, publicFiles } = state
  const fits = (globs: readonly string[], name: string): boolean => globs.some((glob) => path.matchesGlob(name, glob))

  const rasters: Raster[] = []
  for (const [file, origin] of graph)
    if (RASTER.test(file) && site.has(file))
      rasters.push({
        file,
        name: origin ?? file,
        source: path.join(config.root, origin ?? file),
        bytes: (await stat(path.join(site.dir, file))).size,
        reach: 'graph',
        plain: false,
      })
  const candidates = [...publicFiles.keys()].filter((file) => RASTER.test(file) && site.has(file))
  refuseTwins(candidates)
  const texts = allTexts(state, site)
  const found = findReached({ files: [...publicFiles.keys()], texts, base: config.base })
  const plain = plainOnes(state, site)
  const unseen: Raster[] = []
  for (const file of candidates) {
    const reach = found.get(file) ?? (fits(pictures.include, file) ? 'pattern' : undefined)
    const { source = '', bytes = 0 } = publicFiles.get(file) ?? {}
    const raster = { file, name: file, source, bytes, plain: plain.has(file) }
    if (reach === undefined) unseen.push({ ...raster, reach: 'unseen' })
    else rasters.push({ ...raster, reach })
  }
  return { reached: rasters.filter(({ name }) => !fits(pictures.exclude, name)), unseen }
}

/** @throws Error naming two files that are one where the file system does not tell upper case from lower. */
function refuseTwins(files: string[]): void {
  const known = new Map<string, string>()
  for (const file of files) {
    const twin = known.get(file.toLowerCase())
    if (twin !== undefined)
      throw new Error(
        `The public folder has both ${twin} and ${file}: on macOS and Windows they are one file, so that one of them is lost there. Rename one`,
      )
    known.set(file.toLowerCase(), file)
  }
}

const ICON = /<link\b[^>]*\brel=["']?[^"'>]*\b(?:icon|apple-touch-icon|apple-touch-startup-image)\b[^>]*>/gi
const SHARED = /<meta\b[^>]*\b(?:property|name)=["']?(?:og|twitter):image[^>]*>/gi
const ADDRESS = /\b(?:href|content)=(?:"([^"]*)"|'([^']*)'|([^\s>]*))/i

/** Those that something else than a page's own code asks for, of which nobody knows what it decodes: home screens, link previews. */
function plainOnes({ config, publicFiles }: State, site: Site): Set<string> {
  const addresses: string[] = []
  for (const file of site.files) {
    if (file.endsWith('.html'))
      for (const [tag] of [...site.text(file).matchAll(ICON), ...site.text(file).matchAll(SHARED)]) {
        const found = ADDRESS.exec(tag)
        addresses.push(found?.[1] ?? found?.[2] ?? found?.[3] ?? '')
      }
    if (file.endsWith('.webmanifest') || file === 'manifest.json')
      for (const [, src = ''] of site.text(file).matchAll(/"src"\s*:\s*"([^"]+)"/g)) addresses.push(src)
  }
  const names = addresses.map((address) => decode(address.replace(/[?#].*$/, '')))
  return new Set([...publicFiles.keys()].filter((file) => names.some((name) => endsAs(name, file, config.base))))
}

/** Whether an address, of any base or none, may mean the file. */
const endsAs = (address: string, file: string, base: string): boolean =>
  address === file || address.endsWith(`/${file}`) || address === base + file
