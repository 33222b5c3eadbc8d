import type { Request } from 'express'
import { isAhead } from '../middleware/speculation.ts'

/** Things that follow links to read them; a CUBOT is a phone. */
const CRAWLER = /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit/i
/** Fetchers of link previews. They begin with their names: inside the browser of such an app the name stands at the end, and a person looks. */
const PREVIEWER = /^(?:WhatsApp\/|SkypeUriPreview|Mattermost|Iframely)/i

/** Whether an answer may never be seen by anybody: `HEAD`, and what is fetched ahead. */
export const isUnseen = (req: Request): boolean => req.method === 'HEAD' || isAhead(req)

/**
 * Whether a request comes from something that will not play: a crawler, a link's preview, a page fetched ahead, or a page of another site
 * that embeds ours. Whoever sends a form acts, whatever it calls itself.
 *
 * @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header
 */
export function isOnlooker(req: Request): boolean {
  if (req.method !== 'GET') return req.method === 'HEAD'
  const agent = req.get('User-Agent') ?? ''
  return isUnseen(req) || CRAWLER.test(agent) || PREVIEWER.test(agent) || !isVisit(req)
}

/** A page opened, or its parts fetched by itself. Browsers that say nothing about it (plain http that is not localhost) are believed. */
function isVisit(req: Request): boolean {
  const dest = req.get('Sec-Fetch-Dest')
  return dest === undefined || dest === 'document' || (dest === 'empty' && req.get('Sec-Fetch-Site') === 'same-origin')
}
