import remapping from '@jridgewell/remapping'
import { MagicString } from 'magic-string'
import path from 'node:path'
import type { Shape } from '../pictures/shrink.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { ownBytes, fileOf, others } from './shapes.ts'
import type { Done } from './shrinkAll.ts'
import { builtTexts } from './texts.ts'

/**
 * In scripts, a picture of Vite's graph goes by a name that nobody but the bundler has chosen: it becomes the name of its best encoding
 * that all browsers decode for which the project is built.
 */
export function renameInScripts(state: State, site: Site, pictures: Done[]): void {
  const better = new Map<string, string>()
  for (const done of pictures) {
    if (done.reach !== 'graph') continue
    const best = others(done).find(({ type }) => isDecoded(type, state.config.build.target))
    if (best && best.bytes < ownBytes(done))
      better.set(path.posix.basename(done.file), path.posix.basename(fileOf(state, done, best)))
  }
  if (better.size === 0) return
  for (const file of builtTexts(state, site, /\.m?js$/)) renameIn(site, file, better)
}

/** Names that stand in a script, the map beside it kept true. */
function renameIn(site: Site, file: string, better: ReadonlyMap<string, string>): void {
  const before = site.text(file)
  const edited = new MagicString(before)
  for (const { 0: name, index } of before.matchAll(/[^\s/"'`()\\]+-[0-9a-f]{8}\.\w+/g)) {
    const to = better.get(name)
    if (to !== undefined) edited.update(index, index + name.length, to)
  }
  if (!edited.hasChanged()) return
  site.setText(file, edited.toString())
  const map = `${file}.map`
  if (!site.has(map)) return
  const own = JSON.parse(edited.generateMap({ hires: 'boundary', source: file }).toString()) as object
  const joined = remapping([own as never, site.text(map)], () => null)
  site.setText(map, joined.toString())
}

/** First versions that decode AVIF: https://caniuse.com/avif. Edge came last, in January 2024; all that is newer is baseline by now. */
const AVIF_SINCE: Record<string, number> = { chrome: 85, edge: 121, firefox: 93, safari: 16.4, ios: 16.4, opera: 71 }
/** What Vite takes where the project says nothing. Its list is of the day Vite was released, and holds an Edge of three years ago. */
const UNSAID = 'chrome111,edge111,firefox114,safari16.4,ios16.4'

/** Whether every browser of a build target decodes the type. */
export function isDecoded(type: Shape['type'], target: false | string | string[]): boolean {
  if (type !== 'image/avif') return true
  if (target === false) return true
  const list = [target].flat()
  if (list.join() === UNSAID) return true
  return list.every((each) => {
    const [, name = '', version = ''] = /^([a-z]+)([\d.]*)$/.exec(each) ?? []
    if (name === 'esnext') return true
    if (name === 'es') return Number(version) >= 2022
    const since = AVIF_SINCE[name]
    return since === undefined || Number(version) >= since
  })
}
