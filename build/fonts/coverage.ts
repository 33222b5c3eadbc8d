/** What a font holds, read from its tables. */
export interface Coverage {
  /** Code points that it has glyphs for. */
  points: Set<number>
  /** Names of its tables: `GSUB`, `CFF `. */
  tables: Set<string>
}

/**
 * Reads an unpacked font (TrueType or OpenType). https://learn.microsoft.com/typography/opentype/spec/cmap
 * @throws RangeError where it is truncated.
 */
export function coverageOf(font: Buffer): Coverage {
  const tables = new Set<string>()
  const points = new Set<number>()
  let cmap = -1
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const record = 12 + index * 16
    const name = font.toString('latin1', record, record + 4)
    const start = font.readUInt32BE(record + 8)
    if (start + font.readUInt32BE(record + 12) > font.length)
      throw new RangeError(`its table "${name}" ends behind the end of the file`)
    tables.add(name)
    if (name === 'cmap') cmap = start
  }
  if (cmap < 0) throw new RangeError('it has no table "cmap"')
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index += 1) {
    const record = cmap + 4 + index * 8
    const platform = font.readUInt16BE(record)
    // Unicode, or Windows' Unicode; a symbol font's points lie in the private use area, and in Latin 1 as browsers read it.
    if (platform !== 0 && platform !== 3) continue
    const symbol = platform === 3 && font.readUInt16BE(record + 2) === 0
    readSubtable(font, cmap + font.readUInt32BE(record + 4), (point) => {
      points.add(point)
      if (symbol && point >= 0xf0_00 && point <= 0xf0_ff) points.add(point - 0xf0_00)
    })
  }
  return { points, tables }
}

function readSubtable(font: Buffer, at: number, add: (point: number) => void): void {
  const format = font.readUInt16BE(at)
  if (format === 4) readSegments(font, at, add)
  else if (format === 12 || format === 13) {
    for (let index = 0; index < font.readUInt32BE(at + 12); index += 1) {
      const group = at + 16 + index * 12
      const to = Math.min(font.readUInt32BE(group + 4), 0x10_ff_ff)
      for (let point = font.readUInt32BE(group); point <= to; point += 1) add(point)
    }
  } else if (format === 6) {
    for (let index = 0; index < font.readUInt16BE(at + 8); index += 1) add(font.readUInt16BE(at + 6) + index)
  }
}

function readSegments(font: Buffer, at: number, add: (point: number) => void): void {
  const twice = font.readUInt16BE(at + 6)
  for (let index = 0; index < twice; index += 2) {
    const to = font.readUInt16BE(at + 14 + index)
    const from = font.readUInt16BE(at + 16 + twice + index)
    const delta = font.readUInt16BE(at + 16 + twice * 2 + index)
    const offsetAt = at + 16 + twice * 3 + index
    const offset = font.readUInt16BE(offsetAt)
    for (let point = from; point <= to && point < 0xff_ff; point += 1) {
      const glyph = offset === 0 ? (point + delta) & 0xff_ff : font.readUInt16BE(offsetAt + offset + (point - from) * 2)
      if (glyph !== 0) add(point)
    }
  }
}
