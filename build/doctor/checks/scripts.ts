import { minifySync } from 'vite'
import type { Finding } from '../finding.ts'
import type { Folder, Shipped } from '../folder.ts'
import type { Loaded } from '../graph.ts'
import { msOfBytes, msOfTrips } from '../line.ts'
import { brotliBytes } from '../measure.ts'
import type { Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

/** What a game can start with: more than a page's 100 kB, since an engine is in it. */
const SCRIPTS_AT_START = 150_000
/** Vite warns of larger ones. */
const LARGE_CHUNK = 500_000
/** Saving less is not worth a line. */
const WORTH = 2000

/** Scripts that must all have come before the game starts. */
export function heavyStart({ loads }: Subject): Finding[] {
  return [...loads].flatMap(([page, loaded]) => {
    const scripts = loaded.filter(({ kind }) => kind === 'script').map(({ file }) => file)
    const sent = sum(scripts, ({ sent }) => sent)
    const [largest] = scripts.toSorted((a, b) => b.bytes - a.bytes)
    if (!largest || sent <= SCRIPTS_AT_START) return []
    const over = sent - SCRIPTS_AT_START
    const again =
      largest.bytes > LARGE_CHUNK
        ? `; ${largest.name} alone has ${bytesText(largest.bytes)}, fetched whole again whenever a line in it changes`
        : ''
    return {
      id: 'heavy-start',
      where: page,
      bytes: over,
      ms: msOfBytes(over),
      what: `${count(scripts.length, 'script')} of ${bytesText(sent)} on the wire before the game starts, where ${bytesText(SCRIPTS_AT_START)} would do${again}.`,
      todo: 'Load scenes and editors by import() once the first scene plays, and give the engine a chunk of its own (build.rolldownOptions.output.codeSplitting).',
    }
  })
}

/** Scripts that are found one after the other, each only when the one that imports it has come. */
export function importChains({ loads }: Subject): Finding[] {
  return [...loads].flatMap(([page, loaded]) => {
    const scripts = loaded.filter(({ kind }) => kind === 'script')
    const [deepest] = scripts.toSorted((a, b) => b.depth - a.depth)
    if (!deepest || deepest.depth === 0) return []
    const late = scripts.filter(({ depth }) => depth > 0)
    return {
      id: 'import-chain',
      where: page,
      bytes: 0,
      ms: msOfTrips(deepest.depth),
      what: `${count(late.length, 'module')} found one after the other, ${count(deepest.depth, 'round trip')} more than needed: ${chainOf(deepest, scripts).join(' → ')}.`,
      todo: `Name them in the head by <link rel="modulepreload">; Vite does where build.modulePreload is not false.`,
    }
  })
}

function chainOf(last: Loaded, scripts: Loaded[]): string[] {
  const chain: string[] = []
  for (let at: Loaded | undefined = last; at;) {
    chain.unshift(at.file.name.slice(at.file.name.lastIndexOf('/') + 1))
    const from: string | undefined = at.from
    at = scripts.find(({ file }) => file.name === from)
  }
  return chain
}

/** Scripts and styles with the white space and the names their authors wrote. */
export async function unminified({ folder, reached }: Subject): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const file of reached.filter(({ suffix }) => ['js', 'mjs', 'css'].includes(suffix))) {
    const text = folder.textOf(file)
    if (!isSpacious(text)) continue
    const small = file.suffix === 'css' ? withoutSpace(text) : minified(file, text)
    if (small === undefined) continue
    const bytes = file.encoded
      ? file.sent - (await brotliBytes(Buffer.from(small)))
      : file.bytes - Buffer.byteLength(small)
    if (bytes < WORTH) continue
    findings.push({
      id: 'unminified',
      where: file.name,
      bytes,
      ms: msOfBytes(bytes),
      what: `${bytesText(file.bytes)} that are ${bytesText(Buffer.byteLength(small))} when minified.`,
      todo: 'Import it from the sources instead of putting it into the public folder, or put its minified build there; leave build.minify on.',
    })
  }
  return findings
}

/** Code as it was written has short lines. What has long ones need not be minified to see what that would spare. */
function isSpacious(text: string): boolean {
  const lines = text.split('\n')
  const short = sum(lines, (line) => (line.length < 200 ? line.length + 1 : 0))
  return lines.length > 20 && short > text.length / 2
}

function minified({ name }: Shipped, text: string): string | undefined {
  const { code, errors } = minifySync(name, text, { module: /^\s*(?:import|export)\b/m.test(text) })
  return errors.length > 0 ? undefined : code
}

/** Not a minifier: what any of them would take away at least. */
const withoutSpace = (css: string): string =>
  css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')

const INLINE_MAP = /[#@] sourceMappingURL=data:[^\n]*/

/** Source maps inside scripts, which every player fetches; beside them, where only a debugger does. */
export function sourceMaps({ folder, reached }: Subject): Finding[] {
  const inline = reached
    .filter(({ suffix }) => ['js', 'mjs', 'css'].includes(suffix))
    .flatMap((file): Finding[] => {
      const bytes = INLINE_MAP.exec(folder.textOf(file))?.[0].length ?? 0
      if (bytes < WORTH) return []
      return [
        {
          id: 'map-inline',
          where: file.name,
          bytes,
          ms: msOfBytes(bytes),
          what: `A source map of ${bytesText(bytes)} stands inside the file: every player fetches it.`,
          todo: 'Set build.sourcemap to false, or to "hidden" where an error tracker reads the maps.',
        },
      ]
    })
  return [...inline, ...mapsBeside(folder)]
}

function mapsBeside(folder: Folder): Finding[] {
  const maps = folder.of('map')
  const bytes = sum(maps, ({ bytes }) => bytes)
  if (maps.length === 0) return []
  return [
    {
      id: 'maps-shipped',
      where: '.',
      bytes,
      ms: 0,
      what: `${count(maps.length, 'source map')} of ${bytesText(bytes)}, at no cost to players, but with the sources for all to read: ${someOf(maps.map(({ name }) => name))}.`,
      todo: 'Set build.sourcemap to "hidden" and keep the maps for the error tracker, or leave it as it is if the sources may be read.',
    },
  ]
}
