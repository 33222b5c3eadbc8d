import path from 'node:path'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { builtTexts, mentioned } from './texts.ts'

/** Where Vite leaves the map, for pages made by a server: https://vite.dev/config/build-options#build-chunkimportmap */
const FILE = 'importmap.json'
const TAG = /<script type="importmap"[^>]*>([^<]*)<\/script>\s*/

interface ImportMap {
  imports: Record<string, string>
}

/** Takes what no script asks for out of the map, which stands in the text of every page. */
export function trimImportMap(state: State, site: Site): void {
  if (!state.built.has(FILE) || !site.has(FILE)) return
  const asked = mentioned(site, builtTexts(state, site, /\.m?js$/))
  const trim = (text: string): string | undefined => {
    const { imports } = JSON.parse(text) as ImportMap
    const used = Object.entries(imports).filter(([specifier]) => asked.has(path.posix.basename(specifier)))
    return used.length === 0 ? undefined : JSON.stringify({ imports: Object.fromEntries(used) })
  }
  site.setText(FILE, trim(site.text(FILE)) ?? '{"imports":{}}')
  for (const page of builtTexts(state, site, /\.html$/))
    site.setText(
      page,
      site.text(page).replace(TAG, (tag, text: string) => {
        const trimmed = trim(text)
        return trimmed === undefined ? '' : tag.replace(text, () => trimmed)
      }),
    )
}

/** The map, as the manifest tells it to servers, and no longer as a file. */
export function takeImportMap({ built, config }: State, site: Site): Record<string, string> | undefined {
  if (!built.has(FILE) || !site.has(FILE)) return undefined
  const { imports } = JSON.parse(site.text(FILE)) as ImportMap
  site.remove(FILE)
  const bare = (url: string): string => (url.startsWith(config.base) ? url.slice(config.base.length) : url)
  const entries = Object.entries(imports).map(([specifier, file]) => [bare(specifier), bare(file)])
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Record<string, string>)
}
