import { bytesText, count, sum } from '../../doctor/words.ts'
import { GROUPS, sentBytes, type BuildReport, type FileRow, type Group } from '../data.ts'
import { html, type Html } from '../html.ts'
import { squarify, type Rect } from '../treemap.ts'

/** Sizes that the map is laid out for, in pixels: a desktop's, and a phone's held upright. */
const SHAPES = [
  { width: 1160, height: 600 },
  { width: 328, height: 560 },
] as const
/** Room for a name above what it names, where there is some. */
const HEADING = 20
const ROOM = { width: 48, height: 56 }
const GAP = 2
/** A file with fewer square pixels on a desktop shares its rectangle with others of its folder. */
const SMALLEST = 110
/** Groups with less than this part are not seen on any screen. */
const LEAST_GROUP = 0.002

/** A rectangle with others in it, or a file. */
interface Node {
  name: string
  bytes: number
  /** What is said of a file besides its bytes. */
  note: string
  inside: Node[]
}

/** Everything that ships by its bytes on the wire, as a map: groups, their folders, the files in them. */
export function shipped({ files }: BuildReport): Html | undefined {
  const total = sum(files, sentBytes)
  if (total === 0) return undefined
  const [{ width, height }] = SHAPES
  const smallest = (total / (width * height)) * SMALLEST
  const groups = GROUPS.map((group) => groupOf(group, files, smallest))
    .filter(({ bytes }) => bytes / total > LEAST_GROUP)
    .toSorted(bySize)
  const layouts = SHAPES.map((shape) => layOut(groups, { x: 0, y: 0, ...shape }))
  return html`<section id="shipped">
<h2>What ships</h2>
<p class="note">${count(files.length, 'file')}, ${bytesText(total)} on the wire if somebody fetched them all. <output>Point at a file to read its name.</output></p>
<div class="map" role="img" aria-label="Areas in proportion to bytes; the table of all files has the numbers.">${groups.map((group) => draw(group, group.name, layouts, 0))}</div>
</section>`
}

const bySize = (a: { bytes: number }, b: { bytes: number }): number => b.bytes - a.bytes

function groupOf(group: Group, files: readonly FileRow[], smallest: number): Node {
  const own = files.filter((file) => file.group === group && sentBytes(file) > 0)
  const folders = [...Map.groupBy(own, ({ path }) => path.slice(0, path.lastIndexOf('/') + 1))].map(([name, inside]) =>
    folderOf(name, inside, smallest),
  )
  return { name: group, bytes: sum(own, sentBytes), note: '', inside: folders.toSorted(bySize) }
}

function folderOf(name: string, files: readonly FileRow[], smallest: number): Node {
  const large = files.filter((file) => sentBytes(file) >= smallest)
  const small = files.filter((file) => sentBytes(file) < smallest)
  const inside = large
    .map((file) => ({
      name: file.path,
      bytes: sentBytes(file),
      note: sentBytes(file) < file.bytes ? `, ${bytesText(file.bytes)} decoded` : '',
      inside: [],
    }))
    .toSorted(bySize)
  if (small.length > 0)
    inside.push({
      name: `${name}${count(small.length, 'small file')}`,
      bytes: sum(small, sentBytes),
      note: '',
      inside: [],
    })
  return { name, bytes: sum(files, sentBytes), note: '', inside }
}

type Layout = ReadonlyMap<Node, Placed>
interface Placed extends Rect {
  isNamed: boolean
}

function layOut(nodes: readonly Node[], box: Rect, into = new Map<Node, Placed>()): Layout {
  const rects = squarify(
    nodes.map(({ bytes }) => bytes),
    box,
  )
  for (const [at, node] of nodes.entries()) {
    const rect = rects[at] ?? box
    // A folder that is alone in its group would repeat the group's name.
    const isNamed = nodes.length > 1 && rect.width > ROOM.width && rect.height > ROOM.height
    into.set(node, { ...rect, isNamed })
    if (node.inside.length > 0) layOut(node.inside, insideOf(rect, isNamed ? HEADING : 0), into)
  }
  return into
}

const insideOf = ({ x, y, width, height }: Rect, heading: number): Rect => ({
  x: x + GAP,
  y: y + GAP + heading,
  width: Math.max(1, width - GAP * 2),
  height: Math.max(1, height - GAP * 2 - heading),
})

function draw(node: Node, group: string, layouts: readonly Layout[], depth: number): Html {
  const { name, bytes, note, inside } = node
  const style = placed(layouts.map((layout) => layout.get(node)))
  if (inside.length === 0)
    return html`<div class="cell" data-group="${group}" data-note="${name}, ${bytesText(bytes)}${note}" style="${style}"><span>${name.slice(name.lastIndexOf('/') + 1)}</span><span>${bytesText(bytes)}</span></div>`
  const [isNamedWide, isNamedTall] = layouts.map((layout) => layout.get(node)?.isNamed === true)
  return html`<div class="${depth === 0 ? 'group' : 'folder'}${!isNamedWide && ' mute'}${!isNamedTall && ' mute-tall'}" style="${style}"><h3>${name || 'top folder'} <span>${bytesText(bytes)}</span></h3></div>${inside.map((child) => draw(child, group, layouts, depth + 1))}`
}

/** All layouts as custom properties, in percent: the stylesheet takes the one that fits the screen. */
function placed(rects: readonly (Rect | undefined)[]): string {
  return rects
    .flatMap((rect, at) => {
      const shape = SHAPES[at]
      if (!rect || !shape) return []
      const prefix = at === 0 ? '--' : '--t'
      const part = (value: number, whole: number): string => String(Math.round((value / whole) * 1e5) / 1000)
      return [
        `${prefix}x:${part(rect.x, shape.width)}`,
        `${prefix}y:${part(rect.y, shape.height)}`,
        `${prefix}w:${part(rect.width, shape.width)}`,
        `${prefix}h:${part(rect.height, shape.height)}`,
      ]
    })
    .join(';')
}
