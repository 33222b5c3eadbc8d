import type { Cut } from './pixels.ts'

/** A frame in its place. */
export interface Placed extends Omit<Cut, 'data'> {
  /** Index of its sheet. */
  sheet: number
  left: number
  top: number
}

/** Final names of a sheet, as the description has to write them: relative to the first description. */
export interface SheetFiles {
  /** `forest-1a2b3c4d.png`. */
  image: string
  /** `forest.json`, `forest-1.json`. */
  json: string
}

/**
 * One description per sheet in TexturePacker's hash format, which Pixi's `Assets.load` and Phaser's `load.atlas` read. The first names the
 * others for Pixi (`related_multi_packs`), and holds all frames once more (`textures`) for Phaser's `load.multiatlas`, the only loader of
 * its own that takes the sheets' names from the description. Each frame has the `hash` of its source's bytes besides.
 */
export function describeSheets(
  sheets: readonly { width: number; height: number }[],
  placed: readonly Placed[],
  files: readonly SheetFiles[],
  scale: number,
): string[] {
  const textures = sheets.map(({ width, height }, sheet) => ({
    image: files[sheet]?.image ?? '',
    format: 'RGBA8888',
    size: { w: width, h: height },
    scale: String(scale),
    frames: placed.filter((frame) => frame.sheet === sheet).map(frameOf),
  }))
  return textures.map(({ frames, ...about }, sheet) => {
    return JSON.stringify({
      frames: Object.fromEntries(frames.map(({ filename, ...frame }) => [filename, frame])),
      meta: {
        app: 'firstframe',
        version: '1.0',
        ...about,
        ...(sheet === 0 && sheets.length > 1 && { related_multi_packs: files.slice(1).map(({ json }) => json) }),
      },
      ...(sheet === 0 && { textures }),
    })
  })
}

const frameOf = ({ name, left, top, x, y, w, h, width, height, hash }: Placed) => ({
  filename: name,
  frame: { x: left, y: top, w, h },
  rotated: false,
  trimmed: w !== width || h !== height,
  spriteSourceSize: { x, y, w, h },
  sourceSize: { w: width, h: height },
  hash,
})
