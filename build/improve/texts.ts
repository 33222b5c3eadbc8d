import type { Site } from '../site.ts'
import type { State } from '../state.ts'

export const PAGE = /\.html$/
const BUILT = /\.(?:m?js|css|html)$|^importmap\.json$/
/** What is read in search of names. */
const TEXT =
  /\.(?:json|atlas|xml|fnt|txt|csv|ya?ml|tm[jx]|ts[jx]|ldtk|gltf|css|m?js|html?|webmanifest|plist|svg|ini|toml|mtl|babylon|scene|ink|yarn|dae)$/i
const LARGEST_TEXT = 4_000_000

/** Texts that the build made and may change; those of the public folder are the project's own. */
export const builtTexts = ({ built }: State, site: Site, suffix = BUILT): string[] =>
  [...site.files].filter((file) => built.has(file) && suffix.test(file)).toSorted()

/** Every text that may name a file: what was built, and the public folder's own. */
export function allTexts({ publicFiles }: State, site: Site): { name: string; text: string }[] {
  return [...site.files]
    .filter((file) => TEXT.test(file) && (publicFiles.get(file)?.bytes ?? 0) <= LARGEST_TEXT)
    .map((name) => ({ name, text: site.text(name) }))
}

/** Names with a hash that stand anywhere in these texts, without their folders. */
export function mentioned(site: Site, files: readonly string[]): Set<string> {
  const names = new Set<string>()
  for (const file of files)
    for (const [name] of site.text(file).matchAll(/[^\s/"'`()\\,;<>=]+-[0-9a-f]{8}\.\w+/g)) names.add(decode(name))
  return names
}

export function decode(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}
