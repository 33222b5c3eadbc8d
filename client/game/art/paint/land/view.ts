import { hex, type Color } from '../color.ts'

/** Which land, and how this view of it differs from the others. */
export interface View {
  width: number
  height: number
  seed: string
  /** Where the ground begins, a share of the height; default 0.6. */
  horizon?: number
  /** Where the light stands, shares of the canvas; left out, it is behind the viewer. */
  light?: { x: number; y: number; radius?: number }
  /** Where the way goes: its middle near and far, as shares of the width. */
  path?: readonly [number, number]
  /** Share of the width left free of near trees; default 0.45. */
  open?: number
  /** Share of the mire that is water, 0 to 1; default 0.5. */
  water?: number
  /** Lava in the ground and on the slopes, 0 to 1; default 0.6. */
  lava?: number
  /** Big dark shapes at the sides, close to the viewer; default true. */
  frame?: boolean
}

/** Each region: its name is its id. */
export type Region = 'thornwood' | 'mirefen' | 'cinderpeak'

/** The air of a region, for what stands in it. */
export const airs: Record<Region, { air: Color; rim: Color; key: Color }> = {
  thornwood: { air: hex('#1d3350'), rim: hex('#ff9a3d'), key: hex('#b9c8ff') },
  mirefen: { air: hex('#1c4a4a'), rim: hex('#ffc26b'), key: hex('#b8f0dc') },
  cinderpeak: { air: hex('#4a1f38'), rim: hex('#ff7a2a'), key: hex('#d5b8ff') },
}

/** A way that runs from near to far between two places, winding a little. */
export const wayOf = (path: readonly [number, number]) => (depth: number) =>
  path[1] + (path[0] - path[1]) * depth ** 0.8 + 0.03 * Math.sin(depth * 7) * depth
