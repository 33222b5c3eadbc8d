import type { Picture } from '../picture.ts'

/** What a traced pixel shows, apart from its light: guides for {@link quiet}. */
export interface Guide {
  /** Colour without light, three numbers a pixel. */
  readonly tone: Float32Array
  /** Where the surface faces, three numbers a pixel. */
  readonly facing: Float32Array
  /** Distance to the viewer. */
  readonly depth: Float32Array
}

/** An empty {@link Guide} for a canvas. */
export function createGuide(width: number, height: number): Guide {
  const size = width * height
  return { tone: new Float32Array(size * 3), facing: new Float32Array(size * 3), depth: new Float32Array(size) }
}

/**
 * Takes the grain of chance out of traced light and leaves edges and textures: light alone is averaged, over wider and wider
 * rings of pixels that show the same surface (an edge-avoiding à-trous filter, Dammertz and others 2010).
 */
export function quiet(picture: Picture, guide: Guide, passes = 4): void {
  const { width, height, data } = picture
  const { tone, facing, depth } = guide
  const size = width * height
  let light: Float32Array = new Float32Array(size * 3)
  for (let at = 0; at < size; at++) {
    for (let c = 0; c < 3; c++) light[at * 3 + c] = (data[at * 4 + c] ?? 0) / ((tone[at * 3 + c] ?? 0) + 0.08)
  }
  // On an edge the mean of two facings is short: made whole again, such a pixel still finds its like along the edge.
  for (let at = 0; at < size * 3; at += 3) {
    const long = Math.hypot(facing[at] ?? 0, facing[at + 1] ?? 0, facing[at + 2] ?? 0) || 1
    for (let c = 0; c < 3; c++) facing[at + c] = (facing[at + c] ?? 0) / long
  }
  for (let pass = 0; pass < passes; pass++) light = spread(light, 1 << pass, 0.9 / (1 << pass))
  for (let at = 0; at < size; at++) {
    for (let c = 0; c < 3; c++) data[at * 4 + c] = (light[at * 3 + c] ?? 0) * ((tone[at * 3 + c] ?? 0) + 0.08)
  }

  function spread(from: Float32Array, step: number, tolerance: number): Float32Array {
    const to = new Float32Array(size * 3)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x
        const [r, g, b] = [from[at * 3] ?? 0, from[at * 3 + 1] ?? 0, from[at * 3 + 2] ?? 0]
        let [sr, sg, sb, total] = [0, 0, 0, 0]
        for (let dy = -2; dy <= 2; dy++) {
          const py = y + dy * step
          if (py < 0 || py >= height) continue
          for (let dx = -2; dx <= 2; dx++) {
            const px = x + dx * step
            if (px < 0 || px >= width) continue
            const near = py * width + px
            const turn =
              (facing[at * 3] ?? 0) * (facing[near * 3] ?? 0) +
              (facing[at * 3 + 1] ?? 0) * (facing[near * 3 + 1] ?? 0) +
              (facing[at * 3 + 2] ?? 0) * (facing[near * 3 + 2] ?? 0)
            if (turn < 0.6) continue
            const gap = Math.abs((depth[at] ?? 0) - (depth[near] ?? 0)) / (0.02 * step + 0.05)
            const [nr, ng, nb] = [from[near * 3] ?? 0, from[near * 3 + 1] ?? 0, from[near * 3 + 2] ?? 0]
            const apart = (Math.abs(nr - r) + Math.abs(ng - g) + Math.abs(nb - b)) / tolerance
            const weight = (turn ** 10 * Math.exp(-gap - apart * 0.6)) / (1 + dx * dx + dy * dy)
            sr += nr * weight
            sg += ng * weight
            sb += nb * weight
            total += weight
          }
        }
        to[at * 3] = total > 0 ? sr / total : r
        to[at * 3 + 1] = total > 0 ? sg / total : g
        to[at * 3 + 2] = total > 0 ? sb / total : b
      }
    }
    return to
  }
}
