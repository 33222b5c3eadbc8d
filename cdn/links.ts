import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Preload } from '../server/wire/manifest.ts'
import type { Built } from './built.ts'
import { encodePath } from './urls.ts'

/**
 * Characters of a document's `Link` header at most. Hosts cut lines at 2,000 (Cloudflare Pages), proxies refuse heads beyond 4 or 8 KB
 * (nginx); what comes later in the page's order is found by the page itself.
 */
const MOST = 1990

/**
 * `Link` values that tell a browser what a document needs before it has read it (RFC 8288): for the header and for Early Hints.
 *
 * @param base path under which the folder is served, as in `/game/`.
 */
export function linksOf({ dir, names, documents, manifest }: Built, document: string, base: string): string[] {
  if (!documents.includes(document)) return []
  const preloads = (manifest?.documents[document]?.preloads ?? []).filter(({ file }) => names.has(file))
  const from = whereFrom(readFileSync(path.join(dir, document), 'utf8'), preloads) ?? base
  const links: string[] = []
  let length = 0
  for (const preload of preloads) {
    const link = linkOf(preload, from)
    length += link.length + ', '.length
    if (length > MOST) break
    links.push(link)
  }
  return links
}

function linkOf({ file, as, type, crossorigin }: Preload, from: string): string {
  const how = as === 'script' ? 'rel=modulepreload' : `rel=preload; as=${as}`
  const what = type === undefined ? '' : `; type="${type}"`
  return `<${from}${encodePath(file)}>; ${how}${what}${crossorigin === true ? '; crossorigin' : ''}`
}

/** The URL before `assets/…` where a page takes its files from elsewhere: hinted at here, each would be fetched twice. */
function whereFrom(html: string, preloads: Preload[]): string | undefined {
  for (const { file } of preloads) {
    const end = html.indexOf(encodePath(file))
    if (end < 0) continue
    const url = /[^\s"'=<>(),]*$/.exec(html.slice(Math.max(0, end - 500), end))?.[0] ?? ''
    return /^(?:https?:)?\/\//.test(url) ? url : undefined
  }
  return undefined
}
