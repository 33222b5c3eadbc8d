import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readBuilt, type Built } from './built.ts'
import { cover } from './cover.ts'
import { writeWhole } from './files.ts'
import { linksOf } from './links.ts'
import { cacheHeaders } from './policy.ts'
import { encodePath } from './urls.ts'

/** Cloudflare Pages reads no more; Netlify has no limit. @see https://developers.cloudflare.com/pages/configuration/headers/ */
const MOST_RULES = 100
const LONGEST_LINE = 2000

/** By which a file of ours is told from one that a project has in its public folder. */
const MARK = '# Written by firstframe'

interface Rule {
  path: string
  headers: Record<string, string>
}

/**
 * The policy as a `_headers` file, which Netlify, Cloudflare Pages and others read. No path gets the same header from two rules: some hosts
 * join the values, others take the last. What finds no room among the rules a host reads is revalidated, as hosts do with all else.
 */
export function headersFile(built: Built, base: string): string {
  const { names, isHashed, manifest } = built
  const hashed = [...names].filter(isHashed)
  const { patterns, rest } = cover(
    hashed,
    [...names].filter((name) => !isHashed(name)),
  )
  // The same for every hashed file: that is what makes it one.
  const forever = cacheHeaders(hashed[0] ?? '', isHashed)
  const rules: Rule[] = [
    { path: `${base}*`, headers: { 'X-Content-Type-Options': 'nosniff' } },
    ...patterns.map((pattern) => ({ path: base + encodePath(pattern), headers: forever })),
    ...built.documents.flatMap((name) => documentRules(built, name, base)),
    ...rest.filter(isPlain).map((file) => ({ path: base + encodePath(file), headers: forever })),
  ].filter((rule) => rule.path.length <= LONGEST_LINE)
  const left = rules.slice(MOST_RULES).length + rest.filter((file) => !isPlain(file)).length
  const lines = rules
    .slice(0, MOST_RULES)
    .map(({ path, headers }) =>
      [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
    )
  if (left > 0)
    lines.push(
      `# ${left} more found no room among the ${MOST_RULES} rules that hosts read: those files are revalidated.`,
    )
  return `${MARK}, from the manifest of release ${manifest?.release ?? 'none'}: build again instead of changing it.\n${lines.join('\n')}\n`
}

/** By each URL that a host serves the document at: Cloudflare Pages leaves `.html` and `index.html` away, Netlify serves both. */
function documentRules(built: Built, name: string, base: string): Rule[] {
  if (!isPlain(name)) return []
  const links = linksOf(built, name, base)
  const headers = { ...cacheHeaders(name, built.isHashed), ...(links.length > 0 && { Link: links.join(', ') }) }
  const short = name.replace(/(?<=^|\/)index\.html$|\.html$/, '')
  return [...new Set([short, name])].map((each) => ({ path: base + encodePath(each), headers }))
}

/** In a rule's path `*` and `:name` stand for anything. */
const isPlain = (name: string): boolean => !/\*|:[a-z]/i.test(name)

/**
 * Writes `_headers` into a built folder that a static host can serve: one with an `index.html`. A file that the project brought along stays.
 *
 * @param base Vite's. Under another path than `/` hosts do not look for rules here: none are written, `firstframe plan` prints them.
 */
export async function writeHeaders(dir: string, base: string): Promise<void> {
  if (!existsSync(path.join(dir, 'index.html')) || (base !== '/' && base.startsWith('/'))) return
  const file = path.join(dir, '_headers')
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(MARK)) return
  const built = readBuilt(dir)
  if (built.manifest) await writeWhole(file, (part) => writeFile(part, headersFile(built, '/')))
}
