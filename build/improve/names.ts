import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { findTrueNames } from '../trueNames.ts'
import { builtTexts } from './texts.ts'

/** Gives every file of the bundle the name that its bytes make; @returns the new names, by the old ones. */
export function giveTrueNames(state: State, site: Site): Map<string, string> {
  const texts = new Set(builtTexts(state, site))
  // A script names its map: for the script's name to be true the map must not name the script.
  for (const file of site.files)
    if (state.built.has(file) && /\.(?:js|css)\.map$/.test(file)) site.setText(file, withoutFile(site.text(file)))
  const named = findTrueNames({
    files: [...site.files].filter((file) => state.built.has(file)),
    isText: (file) => texts.has(file),
    text: (file) => site.text(file),
    bytes: (file) => site.bytes(file),
  })
  for (const [file, text] of named.texts) site.setText(file, text)
  for (const [from, to] of named.names) {
    site.rename(from, to)
    state.built.delete(from)
    state.built.add(to)
  }
  return named.names
}

/** The field is optional: https://tc39.es/ecma426/#sec-source-map-format */
function withoutFile(map: string): string {
  const { file: _file, ...rest } = JSON.parse(map) as { file?: string }
  return JSON.stringify(rest)
}
