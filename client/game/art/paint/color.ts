/** Red, green and blue from 0 to 1 as the screen has them (sRGB). */
export type Color = readonly [number, number, number]

/** Reads `#rrggbb`. */
export function hex(code: string): Color {
  const value = Number.parseInt(code.slice(1), 16)
  if (!/^#[0-9a-f]{6}$/i.test(code)) throw new Error(`Expected a colour such as "#ff9a3d", got "${code}".`)
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

/** The game's colours; every other tone of the pictures is mixed from them. */
export const palette = {
  night: hex('#10132a'),
  dusk: hex('#2a2350'),
  pine: hex('#15332f'),
  moss: hex('#3b6b4f'),
  ember: hex('#ff9a3d'),
  glow: hex('#ffd27a'),
  parchment: hex('#f6e7c8'),
  ink: hex('#2b1c12'),
  blood: hex('#d2483c'),
  mana: hex('#5fb8e0'),
} satisfies Record<string, Color>

/** A tile's colour by rarity. */
export const rarities = {
  common: hex('#a8b0b8'),
  fine: hex('#57c46a'),
  rare: hex('#4f8cff'),
  ember: hex('#ff8a2b'),
} satisfies Record<string, Color>

/** From `a` (amount 0) to `b` (amount 1). */
export function mix(a: Color, b: Color, amount: number): Color {
  const t = clamp(amount)
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/** Darker below 1, lighter above. */
export function shade(color: Color, factor: number): Color {
  return [clamp(color[0] * factor), clamp(color[1] * factor), clamp(color[2] * factor)]
}

/** `rgb(…)` for SVG, with an opacity when one is given. */
export function css(color: Color, opacity = 1): string {
  const [red, green, blue] = color.map((part) => Math.round(clamp(part) * 255))
  return opacity === 1 ? `rgb(${red},${green},${blue})` : `rgba(${red},${green},${blue},${opacity})`
}

/** Keeps a number between 0 and 1. */
export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value
}

/** 0 before `from`, 1 after `to`, smooth between; `from` may be the greater. */
export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from))
  return t * t * (3 - 2 * t)
}

/** The screen's value to light's. */
export function toLight(color: Color): Color {
  return [color[0] ** 2.2, color[1] ** 2.2, color[2] ** 2.2]
}

/** A colour along a list of stops, each `[where, colour]` with `where` rising. */
export function along(stops: readonly (readonly [number, Color])[], where: number): Color {
  let before = stops[0]
  if (!before) throw new Error('Expected at least one colour stop, got none.')
  for (const stop of stops) {
    if (where <= stop[0]) {
      const span = stop[0] - before[0]
      return span > 0 ? mix(before[1], stop[1], (where - before[0]) / span) : stop[1]
    }
    before = stop
  }
  return before[1]
}
