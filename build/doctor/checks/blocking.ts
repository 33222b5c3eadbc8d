import type { Finding } from '../finding.ts'
import { isForeign } from '../folder.ts'
import type { Loaded } from '../graph.ts'
import { CONNECTING, msOfBytes, msOfRequests, msOfTrips } from '../line.ts'
import { holdsPaint, stopsParser, type Tag } from '../page.ts'
import { readSheet } from '../sheet.ts'
import { wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

const isBlocking = ({ blocking, depth }: Loaded): boolean => blocking && depth === 0

/** Scripts in the head without `defer`: the parser stops, and nothing shows until they have come and run. */
export function blockingScripts({ loads }: Subject): Finding[] {
  return perPage(loads, 'script').map(([page, scripts]) => ({
    id: 'blocking-script',
    where: page,
    bytes: sum(scripts, sentOf),
    ms: msOf(scripts),
    what: `${count(scripts.length, 'script')} of ${bytesText(sum(scripts, sentOf))} must arrive and run before anything is painted: ${someOf(names(scripts))}.`,
    todo: 'Write <script defer> or <script type="module">: it runs in the same order, after the page has been painted.',
  }))
}

/** Stylesheets in the head: no paint before they have come. */
export function blockingStyles(subject: Subject): Finding[] {
  return perPage(subject.loads, 'style').map(([page, styles]) => ({
    id: 'blocking-style',
    where: page,
    bytes: sum(styles, sentOf),
    ms: msOf(styles),
    what: `${count(styles.length, 'stylesheet')} of ${bytesText(sum(styles, sentOf))} must arrive before anything is painted: ${someOf(names(styles))}.`,
    todo: wayOut(
      subject,
      'it puts small stylesheets into the page',
      'Split off what the first scene shows, which goes into the page by itself up to firstframe({ inlineCss }) bytes.',
    ),
  }))
}

/** Each level of `@import` is found only when the one above has come. */
export function importedStyles({ loads }: Subject): Finding[] {
  const deepest = new Map<string, Loaded>()
  for (const loaded of [...loads.values()].flat()) {
    const { kind, depth, from } = loaded
    if (kind !== 'style' || depth === 0 || from === undefined) continue
    if ((deepest.get(from)?.depth ?? 0) < depth) deepest.set(from, loaded)
  }
  return [...deepest].map(([where, { file }]) => ({
    id: 'css-import',
    where,
    bytes: 0,
    ms: msOfTrips(1),
    what: `@import of ${file.name}: it is asked for only when ${where} has arrived.`,
    todo: 'Import the stylesheet from a script or another source that Vite bundles, so that both become one file, or link it from the HTML.',
  }))
}

/** Another host must be found, connected to and trusted before its first byte is asked for. */
export function foreignHosts({ folder, loads }: Subject): Finding[] {
  return [...folder.pages].flatMap(([page, tags]) => {
    const sheets = (loads.get(page) ?? []).filter(({ kind }) => kind === 'style')
    const imported = sheets.flatMap(({ file }) => readSheet(folder.textOf(file)).imports)
    const urls = [...tags.filter(stops).map(urlOf), ...imported].filter(isForeign)
    return [...Map.groupBy(urls, hostOf)].map(([host, own]) => ({
      id: 'foreign-host',
      where: page,
      bytes: 0,
      ms: msOfTrips(CONNECTING + 1),
      what: `The first paint waits for ${count(own.length, 'file')} of ${host}: name, connection and certificate take ${CONNECTING} round trips before the request.`,
      todo: `Take the ${own.length === 1 ? 'file' : 'files'} into the project, so that the connection that is open serves them.`,
    }))
  })
}

const stops = (tag: Tag): boolean => tag.early && (stopsParser(tag) || holdsPaint(tag))
const urlOf = ({ attributes }: Tag): string => attributes['src'] ?? attributes['href'] ?? ''
const hostOf = (url: string): string => URL.parse(url, 'https://none')?.host ?? url

const sentOf = ({ file }: Loaded): number => file.sent
const names = (loaded: Loaded[]): string[] => loaded.map(({ file }) => file.name)

const perPage = (loads: Subject['loads'], kind: Loaded['kind']): [string, Loaded[]][] =>
  [...loads].flatMap(([page, all]): [string, Loaded[]][] => {
    const own = all.filter((loaded) => loaded.kind === kind && isBlocking(loaded))
    return own.length > 0 ? [[page, own]] : []
  })

const msOf = (loaded: Loaded[]): number => msOfRequests(loaded.length) + msOfBytes(sum(loaded, sentOf))
