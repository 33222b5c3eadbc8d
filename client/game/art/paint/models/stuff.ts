import { hex, palette } from '../color.ts'
import type { Material } from '../trace/solids.ts'

/** The village's building stuff. */
export const stuff = {
  plaster: { color: hex('#e9d3a9'), grain: 'plaster' },
  beam: { color: hex('#6a4128'), grain: 'wood' },
  plank: { color: hex('#9c6a3c'), grain: 'wood' },
  pale: { color: hex('#c99a5f'), grain: 'wood' },
  stone: { color: hex('#8f8ba0'), grain: 'stone' },
  dark: { color: hex('#4b4760'), grain: 'stone' },
  slate: { color: hex('#485682'), grain: 'stone' },
  clay: { color: hex('#a3503f'), grain: 'stone' },
  thatch: { color: hex('#b58e4c'), grain: 'leaf' },
  moss: { color: hex('#4d7a55'), grain: 'leaf' },
  leaf: { color: hex('#3f8f5c'), grain: 'leaf' },
  iron: { color: hex('#5a5c70'), grain: 'metal', shine: 0.5 },
  brass: { color: hex('#d99a3e'), grain: 'metal', shine: 0.7 },
  cloth: { color: palette.blood, grain: 'cloth' },
  rope: { color: hex('#c8a873'), grain: 'cloth' },
  window: { color: hex('#f58a24'), hot: hex('#ffd06a'), glow: 1.5 },
  bright: { color: hex('#ff9d33'), hot: hex('#ffe09a'), glow: 1.7 },
  flame: { color: hex('#e8441a'), hot: hex('#ffa83a'), glow: 1.35 },
  core: { color: hex('#ff9a2d'), hot: hex('#fff0b8'), glow: 1.9 },
  mana: { color: palette.mana, glow: 0.9 },
  water: { color: hex('#4f9fc0'), shine: 0.8 },
  soil: { color: hex('#5a3d2b'), grain: 'stone' },
} satisfies Record<string, Material>
