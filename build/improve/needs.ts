import type { Document, Preload } from '../../server/wire/manifest.ts'
import { parseHtml, tagsOf } from '../markup/tags.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { readAddress } from './addresses.ts'
import { builtTexts, PAGE } from './texts.ts'

/** What each page needs, as its tags say, for those who send headers. */
export function describeDocuments(state: State, site: Site): Record<string, Document> {
  const documents: Record<string, Document> = {}
  for (const page of builtTexts(state, site, PAGE)) {
    const document: Document = { preloads: [], blocking: [] }
    for (const { name, attribs, parent } of tagsOf(parseHtml(site.text(page)), 'link', 'script')) {
      const file = readAddress(attribs[name === 'link' ? 'href' : 'src'] ?? '', page, state.config.base)?.file
      if (file === undefined || !site.has(file)) continue
      const preload = preloadOf(name, attribs, file)
      if (preload) document.preloads.push(preload)
      const isInHead = parent !== null && 'name' in parent && parent.name === 'head'
      const holdsPaint =
        name === 'link'
          ? attribs['rel'] === 'stylesheet' && isInHead && (attribs['media'] ?? 'all') === 'all'
          : attribs['type'] !== 'module' && attribs['async'] === undefined && attribs['defer'] === undefined && isInHead
      if (holdsPaint) document.blocking.push(file)
    }
    documents[page] = document
  }
  return documents
}

function preloadOf(name: string, attribs: Record<string, string>, file: string): Preload | undefined {
  const cors = attribs['crossorigin'] === undefined ? {} : { crossorigin: true as const }
  if (name === 'script') return attribs['type'] === 'module' ? { file, as: 'script', ...cors } : undefined
  if (attribs['rel'] === 'modulepreload') return { file, as: 'script', ...cors }
  if (attribs['rel'] === 'stylesheet') return { file, as: 'style', ...cors }
  const as = attribs['as']
  if (attribs['rel'] !== 'preload' || (as !== 'font' && as !== 'image' && as !== 'style')) return undefined
  return { file, as, ...(attribs['type'] !== undefined && { type: attribs['type'] }), ...cors }
}
