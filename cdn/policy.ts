import type { Manifest } from '../server/wire/manifest.ts'

/** What a cache may do with a file, by its path: every rule there is. The first that fits holds. */
interface Rule {
  fits: (path: string, isHashed: boolean) => boolean
  headers: Record<string, string>
}

const REVALIDATE = 'no-cache'
/** A year, the longest that RFC 9111's readers can rely on; `immutable` (RFC 8246) spares the revalidation at a reload. */
const FOREVER = 'public, max-age=31536000, immutable'

/** Files that pages of other origins may read: the game's page asks its CDN for scripts, fonts and pictures. */
const SHARED = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' }

const TABLE: Rule[] = [
  // A worker that a cache kept would hold back every update: it is asked for anew each time.
  { fits: (path) => path === 'worker.js', headers: { 'Cache-Control': REVALIDATE } },
  { fits: (_path, isHashed) => isHashed, headers: { 'Cache-Control': FOREVER, ...SHARED } },
  // Safe default: nobody ever sees an old file for longer than it takes to ask.
  { fits: () => true, headers: { 'Cache-Control': REVALIDATE } },
]

/** How the name of a hashed file ends. */
export const HASHED_NAME = /-[0-9a-f]{8}\.\w+(?:\.map)?$/
/** Siblings made by precompression follow the file they encode. */
const ENCODED = /\.(?:zst|br|gz)$/

/** Caching and sharing headers for a path relative to the root of what is served, without a leading slash. */
export function cacheHeaders(path: string, isHashed: (path: string) => boolean): Record<string, string> {
  const plain = path.replace(ENCODED, '')
  const hashed = isHashed(plain)
  return TABLE.find(({ fits }) => fits(plain, hashed))?.headers ?? {}
}

/**
 * Tells which files carry a hash that the build made: those that the manifest lists and whose name shows it. A name alone proves
 * nothing, since `photo-20241231.png` looks like one. Without a manifest nothing is hashed.
 */
export function hashedBy(manifest: Manifest | undefined): (path: string) => boolean {
  if (!manifest) return () => false
  const listed = new Set<string>()
  for (const { file, imports = [], css = [] } of Object.values(manifest.entries))
    for (const each of [file, ...imports, ...css]) listed.add(each)
  for (const { variants } of Object.values(manifest.images)) for (const { file } of variants) listed.add(file)
  for (const { file } of Object.values(manifest.files)) listed.add(file)
  for (const { instead } of Object.values(manifest.answers)) for (const { file } of instead) listed.add(file)
  return (path) => listed.has(path) && HASHED_NAME.test(path)
}
