/** A repeatable source of chance: the same seed gives the same picture on every machine. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number
  /** A number from `low` to `high`. */
  range(low: number, high: number): number
  /** One of `values`; throws on an empty list. */
  pick<T>(values: readonly T[]): T
}

/** FNV-1a, the usual way from a word to 32 bits. */
export function hash(word: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < word.length; index++) value = Math.imul(value ^ word.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/** Makes a {@link Random} from a word (mulberry32). */
export function createRandom(seed: string): Random {
  let state = hash(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    range: (low, high) => low + (high - low) * next(),
    pick: (values) => {
      const value = values[Math.floor(next() * values.length)]
      if (value === undefined)
        throw new Error('Expected a list with at least one value to pick from, got an empty one.')
      return value
    },
  }
}

function lattice(x: number, y: number, z: number, seed: number): number {
  let value = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(z, 2147483647) + Math.imul(seed, 1274126177)
  value = Math.imul(value ^ (value >>> 13), 1274126177)
  value ^= value >>> 16
  return (value >>> 0) / 4294967296
}

const ease = (t: number) => t * t * (3 - 2 * t)

/** Smooth noise from 0 to 1 with a period of about one unit. */
export function noise2(x: number, y: number, seed = 0): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const u = ease(x - left)
  const v = ease(y - top)
  const upper = lattice(left, top, 0, seed) * (1 - u) + lattice(left + 1, top, 0, seed) * u
  const lower = lattice(left, top + 1, 0, seed) * (1 - u) + lattice(left + 1, top + 1, 0, seed) * u
  return upper * (1 - v) + lower * v
}

/** Smooth noise in space, from 0 to 1. */
export function noise3(x: number, y: number, z: number, seed = 0): number {
  const layer = Math.floor(z)
  const w = ease(z - layer)
  return noise2(x, y, seed + layer * 7919) * (1 - w) + noise2(x, y, seed + (layer + 1) * 7919) * w
}

/** Octaves of {@link noise2}, each of half the size and half the weight; from 0 to 1. */
export function fbm(x: number, y: number, octaves: number, seed = 0): number {
  let sum = 0
  let weight = 0.5
  let total = 0
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise2(x, y, seed + octave * 101)
    total += weight
    weight *= 0.5
    x = x * 2.03 + 17.7
    y = y * 2.03 + 9.2
  }
  return sum / total
}

/** Noise folded at its middle: sharp crests, as mountains have; from 0 to 1. */
export function ridged(x: number, y: number, octaves: number, seed = 0): number {
  let sum = 0
  let weight = 0.5
  let total = 0
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * (1 - Math.abs(noise2(x, y, seed + octave * 101) * 2 - 1))
    total += weight
    weight *= 0.5
    x = x * 2.03 + 17.7
    y = y * 2.03 + 9.2
  }
  return sum / total
}
