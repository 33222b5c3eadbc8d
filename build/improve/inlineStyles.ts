import { mapUrls, resolveUrl } from '../cssUrls.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'

/** Stands for the CDN's URL in inlined styles; the server replaces it once, at start. */
const ASSET_BASE = '%ASSET_BASE%'

/** Sizes, and the text of critical styles for pages made by a server, as they are now that all names are final. */
export function fillInline({ entries, files }: State, site: Site): void {
  for (const entry of [...Object.values(entries), ...Object.values(files)]) {
    if (site.has(entry.file)) entry.bytes = site.bytes(entry.file).length
    if ('inline' in entry)
      entry.inline = mapUrls(site.text(entry.file), (url) => `${ASSET_BASE}/${resolveUrl(url, entry.file)}`).trim()
  }
}
