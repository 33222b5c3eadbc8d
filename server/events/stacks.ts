import { readdir, readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import path from 'node:path'

/** One line of a stack. */
export interface Frame {
  /** As it came, cut to {@link LINE}. */
  text: string
  /** `client/game/main.ts:12:5`, as it was written; undefined where no map tells. */
  place?: string
}

/** Reads the stacks of errors that pages have reported. */
export interface Stacks {
  /** What the browser said of the script is said of the source, by the maps of the release that the page was of. */
  read(release: string, stack: string): Promise<Frame[]>
  /** Whether the maps of a release are kept here. */
  knows(release: string): Promise<boolean>
}

/** Characters of a stack that are looked at, of a line that are shown, and lines. A page tells 1,400 characters at most; a stream of events might bring more. */
const STACK = 4000
const LINE = 300
const LINES = 30
/** Parsed maps kept, some hundred KB each; what was used longest ago goes. */
const MAPS = 12

/** As the build names releases, and files that never change: https://tc39.es/ecma426/ leaves both to tools. */
const RELEASE = /^[0-9a-f]{12}$/
const HASHED = /^[\w.-]{1,100}-[0-9a-f]{8}\.m?js$/
/** Where every browser's line ends, whatever stands before it: `at name (URL:1:234)`, `name@URL:1:234`. */
const END = /:(\d{1,7}):(\d{1,7})\)?$/

/**
 * @param dir folder of maps as the build keeps them: `RELEASE/assets/main-4f1c2a9b.js.map`. It need not be there.
 */
export function createStacks(dir: string): Stacks {
  /** What maps a release has, by the script's name alone: wherever it was served from, its name says which bytes it was. */
  const listings = new Map<string, ReadonlyMap<string, string>>()
  const maps = new Map<string, Promise<SourceMap | undefined>>()

  async function listing(release: string): Promise<ReadonlyMap<string, string> | undefined> {
    const known = listings.get(release)
    if (known || !RELEASE.test(release)) return known
    // Looked for by name in the list of what is there: no path is made of what a page has said.
    const there = await readdir(dir).catch((): string[] => [])
    if (!there.includes(release)) return undefined
    const files = await readdir(path.join(dir, release), { recursive: true }).catch((): string[] => [])
    const found = new Map(
      files
        .filter((file) => file.endsWith('.map'))
        .map((file) => [path.basename(file, '.map'), path.join(dir, release, file)]),
    )
    // Of those that are no longer there.
    for (const old of listings.keys()) if (!there.includes(old)) listings.delete(old)
    listings.set(release, found)
    return found
  }

  function mapIn(file: string): Promise<SourceMap | undefined> {
    const map = maps.get(file) ?? open(file)
    maps.delete(file)
    maps.set(file, map)
    for (const oldest of maps.keys()) if (maps.size > MAPS) maps.delete(oldest)
    return map
  }

  async function frame(scripts: ReadonlyMap<string, string> | undefined, line: string): Promise<Frame> {
    const text = line.slice(0, LINE)
    const at = placeIn(line)
    const file = at && scripts?.get(at.script)
    const map = file === undefined ? undefined : await mapIn(file)
    const entry = at && map?.findEntry(at.line - 1, at.column - 1)
    // What the bundler has added has no source, and a line without one is told of the line before it.
    const isOwn = entry && 'originalSource' in entry && entry.originalSource && entry.generatedLine === at.line - 1
    if (!isOwn) return { text }
    return { text, place: `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}` }
  }

  return {
    async read(release, stack) {
      const scripts = await listing(release)
      return Promise.all(linesOf(stack).map((line) => frame(scripts, line)))
    },
    knows: async (release) => (await listing(release)) !== undefined,
  }
}

/** A map that cannot be read is none. */
async function open(file: string): Promise<SourceMap | undefined> {
  try {
    return new SourceMap(JSON.parse(await readFile(file, 'utf8')) as ConstructorParameters<typeof SourceMap>[0])
  } catch {
    return undefined
  }
}

/** The lines that name places. Before them some browsers repeat the message, of however many lines; without any, all there is. */
function linesOf(stack: string): string[] {
  const lines = stack
    .slice(0, STACK)
    .split('\n', LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const first = lines.findIndex((line) => END.test(line))
  return first > 0 ? lines.slice(first) : lines
}

/** Script and place that a line names, both from 1 on. Linear in the line's length, whatever it holds. */
function placeIn(text: string): { script: string; line: number; column: number } | undefined {
  const end = END.exec(text)
  if (!end) return undefined
  const begin = Math.max(text.lastIndexOf('http://', end.index), text.lastIndexOf('https://', end.index))
  const script = begin < 0 ? '' : (URL.parse(text.slice(begin, end.index))?.pathname.split('/').at(-1) ?? '')
  return HASHED.test(script) ? { script, line: Number(end[1]), column: Number(end[2]) } : undefined
}
