import { hex, type Color } from '../color.ts'

/** All five layers share this canvas; the horizon lies at 45 % of its height. */
export const stage = { width: 2400, height: 1350 }

/** The evening air of the village, far off. */
export const haze: Color = hex('#6d5a86')
