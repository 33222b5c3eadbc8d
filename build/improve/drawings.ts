import type { Site } from '../site.ts'
import type { State } from '../state.ts'

/** What runs when an SVG is opened as a page of its own; in an `<img>` it never does. */
const SCRIPT = /<script\b|\son\w+\s*=|javascript:/i

/** Drawings stay as they are; one that holds a script is told, since whoever opens its address runs it with the rights of the game's pages. */
export function warnOfScripts({ config, publicFiles, built }: State, site: Site): void {
  for (const file of site.files)
    if (
      file.toLowerCase().endsWith('.svg') &&
      (publicFiles.has(file) || built.has(file)) &&
      SCRIPT.test(site.text(file))
    )
      config.logger.warn(
        `${file} holds a script, which runs when the file is opened by its own address: take it out, or send the file with "Content-Security-Policy: script-src 'none'"`,
      )
}
