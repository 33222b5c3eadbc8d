import subsetFont from 'subset-font'
import { sourceFile } from './sources.ts'

/** The display font, Grenze Gotisch at weight 600, with the printable part of ASCII and a few typographic signs. */
export async function cutFont(): Promise<Buffer> {
  const font = await sourceFile('font', 'files/grenze-gotisch-latin-600-normal.woff2')
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')
  return subsetFont(font, `${ascii}\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\u00d7`, { targetFormat: 'woff2' })
}
