/** A font made for a test: every glyph an outline of its own, which compresses as badly as a real one. */
export interface FontPlan {
  /** Code points, each with a glyph. */
  points: readonly number[]
  /** Words that become the glyph of a point, as icon fonts have them: `[['home', 0xe000]]`. */
  ligatures?: readonly (readonly [string, number])[]
  /** Tables by name, in the place of those it would have. */
  tables?: Record<string, Buffer>
}

/** A TrueType font with the fewest tables that browsers and harfbuzz take. */
export function makeFont({ points, ligatures = [], tables = {} }: FontPlan): Buffer {
  const sorted = points.toSorted((a, b) => a - b)
  const count = sorted.length + 1
  const glyphs = [Buffer.alloc(0), ...sorted.map(outline)]
  const loca = Buffer.alloc((count + 1) * 4)
  let written = 0
  for (const [index, glyph] of glyphs.entries()) loca.writeUInt32BE((written += glyph.length), (index + 1) * 4)
  const all: Record<string, Buffer> = {
    cmap: cmap(sorted),
    glyf: Buffer.concat(glyphs),
    head: words(1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
    hhea: words(1, 0, 800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, count),
    hmtx: words(...Array.from({ length: count }, () => [600, 0]).flat()),
    loca,
    maxp: words(1, 0, count, 64, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    name: words(0, 0, 6),
    'OS/2': words(
      4,
      600,
      400,
      5,
      ...Array<number>(27).fill(0),
      0x40,
      sorted[0] ?? 0,
      Math.min(0xff_ff, sorted.at(-1) ?? 0),
      800,
      -200,
      0,
      800,
      200,
      0,
      0,
      0,
      0,
      500,
      700,
      0,
      32,
      1,
    ),
    post: words(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  }
  if (ligatures.length > 0) all['GSUB'] = gsub(sorted, ligatures)
  return assemble({ ...all, ...tables })
}

/** Code points from one to another, both included. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A table of words of 16 bits. */
export const words = (...values: number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) buffer.writeUInt16BE(value & 0xff_ff, index * 2)
  return buffer
}

/** A polygon of 40 corners, which differ by the code point. */
function outline(point: number): Buffer {
  const corners = 40
  let state = point
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c_1b_3c_6d) + 0x9e_37_79_b9
    return ((state >>> 8) / 2 ** 24) * 900
  }
  const spots = Array.from({ length: corners }, () => [Math.round(next()), Math.round(next())] as const)
  const deltas = (axis: 0 | 1): number[] => spots.map((spot, index) => spot[axis] - (spots[index - 1]?.[axis] ?? 0))
  return Buffer.concat([
    words(1, 0, 0, 900, 900, corners - 1, 0),
    Buffer.alloc(corners, 1),
    words(...deltas(0), ...deltas(1)),
  ])
}

function cmap(sorted: readonly number[]): Buffer {
  const table = Buffer.alloc(12 + 16 + sorted.length * 12)
  words(0, 1, 3, 10, 0, 12, 12, 0).copy(table)
  table.writeUInt32BE(16 + sorted.length * 12, 16)
  table.writeUInt32BE(sorted.length, 24)
  for (const [index, point] of sorted.entries()) {
    table.writeUInt32BE(point, 28 + index * 12)
    table.writeUInt32BE(point, 32 + index * 12)
    table.writeUInt32BE(index + 1, 36 + index * 12)
  }
  return table
}

/** https://learn.microsoft.com/typography/opentype/spec/gsub, one lookup of type 4 for the feature `liga`. */
function gsub(sorted: readonly number[], ligatures: readonly (readonly [string, number])[]): Buffer {
  const glyph = (point: number): number => sorted.indexOf(point) + 1
  const byFirst = Map.groupBy(ligatures, ([word]) => word.codePointAt(0) ?? 0)
  const firsts = [...byFirst.keys()].toSorted((a, b) => a - b)
  const sets = firsts.map((first) => {
    const entries = (byFirst.get(first) ?? []).map(([word, point]) =>
      words(glyph(point), word.length, ...Array.from(word.slice(1), (letter) => glyph(letter.codePointAt(0) ?? 0))),
    )
    let at = 2 + entries.length * 2
    const offsets = entries.map((entry) => (at += entry.length) - entry.length)
    return Buffer.concat([words(entries.length, ...offsets), ...entries])
  })
  let at = 6 + sets.length * 2
  const offsets = sets.map((set) => (at += set.length) - set.length)
  const subtable = Buffer.concat([
    words(1, at, sets.length, ...offsets),
    ...sets,
    words(1, firsts.length, ...firsts.map(glyph)),
  ])
  const scripts = Buffer.concat([words(1), Buffer.from('DFLT'), words(8, 4, 0, 0, 0xff_ff, 1, 0)])
  const features = Buffer.concat([words(1), Buffer.from('liga'), words(8, 0, 1, 0)])
  const lookups = Buffer.concat([words(1, 4, 4, 0, 1, 8), subtable])
  const start = 10
  return Buffer.concat([
    words(1, 0, start, start + scripts.length, start + scripts.length + features.length),
    scripts,
    features,
    lookups,
  ])
}

function assemble(tables: Record<string, Buffer>): Buffer {
  const names = Object.keys(tables).toSorted()
  const header = Buffer.alloc(12 + names.length * 16)
  words(1, 0, names.length, 0, 0, 0).copy(header)
  const bodies: Buffer[] = []
  let at = header.length
  for (const [index, name] of names.entries()) {
    const body = tables[name] ?? Buffer.alloc(0)
    const record = 12 + index * 16
    header.write(name.padEnd(4), record, 'latin1')
    header.writeUInt32BE(at, record + 8)
    header.writeUInt32BE(body.length, record + 12)
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)])
    bodies.push(padded)
    at += padded.length
  }
  return Buffer.concat([header, ...bodies])
}
