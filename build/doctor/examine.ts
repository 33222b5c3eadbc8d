import type { Manifest } from '../../server/wire/manifest.ts'
import { blockingScripts, blockingStyles, foreignHosts, importedStyles } from './checks/blocking.ts'
import { unencoded } from './checks/encoding.ts'
import { hostHeaders, smallFiles, unnamed } from './checks/folder.ts'
import { heavyFonts, hiddenText, lateFonts, oldFontFormats } from './checks/fonts.ts'
import { heavyLight, plainModels } from './checks/models.ts'
import { cacheBusters, plainNames } from './checks/names.ts'
import { datedPictures, heavyIcons, hugePictures, inlinedPictures } from './checks/pictures.ts'
import { heavyStart, importChains, sourceMaps, unminified } from './checks/scripts.ts'
import { manySounds, waves } from './checks/sound.ts'
import { greedyPrecache, noWorker } from './checks/worker.ts'
import { byCost, type Finding } from './finding.ts'
import { readFolder } from './folder.ts'
import { loadedBy } from './graph.ts'
import { reachedIn } from './reached.ts'
import type { Check } from './subject.ts'

/** Everything there is to ask of a folder. */
const CHECKS: Check[] = [
  blockingScripts,
  blockingStyles,
  importedStyles,
  foreignHosts,
  importChains,
  heavyStart,
  unminified,
  sourceMaps,
  unencoded,
  lateFonts,
  hiddenText,
  oldFontFormats,
  heavyFonts,
  datedPictures,
  hugePictures,
  inlinedPictures,
  heavyIcons,
  waves,
  manySounds,
  plainModels,
  heavyLight,
  smallFiles,
  plainNames,
  cacheBusters,
  greedyPrecache,
  noWorker,
  unnamed,
  hostHeaders,
]

/**
 * Finds what is slow about how a built folder ships, whoever built it; the costliest on the reference line first.
 * @param context.manifest of a build that has not written it yet; else the folder's own `manifest.json` is read, if it is one.
 * @throws Error if there is no such folder.
 */
export async function examine(folder: string, context: { manifest?: Manifest } = {}): Promise<Finding[]> {
  const read = await readFolder(folder, context.manifest)
  const subject = {
    folder: read,
    loads: new Map([...read.pages.keys()].map((page) => [page, loadedBy(read, page)])),
    reached: reachedIn(read),
    byKit: read.manifest !== undefined,
  }
  const findings: Finding[] = []
  // One after the other: some keep all cores busy by themselves.
  for (const check of CHECKS) findings.push(...(await check(subject)))
  return byCost(findings)
}
