import type { Text } from './reach.ts'

/** A service worker that the game registers by itself. */
export interface SelfManaged {
  /** Name of the text that registers it. */
  where: string
  /**
   * The script that is registered: as the call has it (`./sw.js`), else the name of the one text that is a service worker.
   * Undefined where neither tells.
   */
  worker: string | undefined
}

/** The call, with what is between its brackets; `container.register('sw.js')` counts where the text speaks of service workers at all. */
const DIRECT = /\bserviceWorker\s*(?:\?\.|\.)\s*register\s*(?:\?\.)?\(([^)]{0,200})/g
const BY_ALIAS = /[\w$)]\s*\.\s*register\s*\(\s*((?:new\s+URL\(\s*)?["'`][^"'`]*\.m?js\b[^)]{0,100})/g
const SCRIPT = /[\w./@-]+\.m?js\b/
const HEARS =
  /\baddEventListener\(\s*["'`](?:install|activate|fetch)["'`]|\b(?:self|globalThis)\.on(?:install|activate|fetch)\s*=/
const SERVES = /\b(?:skipWaiting|clients\.claim|respondWith|precacheAndRoute)\b|\bcaches\s*\.\s*open\b/
/** A line that is a comment: scripts of the public folder are served as they were written. */
const COMMENTED = /(?:^|[^:])\/\/[^\n]*$|^\s*\*[^\n]*$/

/** Where the game's texts register a service worker. Empty where they do not: a browser keeps one worker a scope, and the last wins. */
export function findSelfManaged(texts: Iterable<Text>): SelfManaged[] {
  const found: SelfManaged[] = []
  const workers: string[] = []
  for (const { name, text } of texts) {
    if (/\.m?js$/.test(name) && HEARS.test(text) && SERVES.test(text)) workers.push(name)
    if (!text.includes('serviceWorker') || !/\.(?:m?js|html?)$/.test(name)) continue
    const code = text.replaceAll(/<!--[^]*?-->/g, '')
    const calls = [...code.matchAll(DIRECT), ...code.matchAll(BY_ALIAS)].filter(({ index }) => !isComment(code, index))
    const scripts = new Set(calls.map(([, asked = '']) => SCRIPT.exec(asked)?.[0]))
    if (scripts.size > 1) scripts.delete(undefined)
    for (const worker of scripts) found.push({ where: name, worker })
  }
  const [only, ...more] = workers
  return found.map(({ where, worker }) => ({ where, worker: worker ?? (more.length === 0 ? only : undefined) }))
}

const isComment = (code: string, place: number): boolean =>
  COMMENTED.test(code.slice(Math.max(code.lastIndexOf('\n', place) + 1, place - 500), place))
