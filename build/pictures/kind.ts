import type { Header } from './codec.ts'
import { MANY, type Survey } from './survey.ts'

/**
 * What a picture is for, which decides what may be lost. Photos and art are looked at. Pixel art is looked at closely: nothing may be lost.
 * Data is read by a shader. An animation is a picture of several frames.
 */
export type Kind = 'photo' | 'art' | 'pixels' | 'data' | 'animation'

interface Clue {
  /** Whole words of the path. */
  words: readonly string[]
  what: string
  /** What the pixels must be like for the name to be believed; names of heroes and buttons hold these words too. */
  fits: (survey: Survey) => boolean
}

const isGrey = ({ grey }: Survey): boolean => grey > 0.99
/** Red and green hold directions, to either side of the middle. */
function isCentred({ mean: [red, green] }: Survey): boolean {
  return Math.abs(red - 128) < 16 && Math.abs(green - 128) < 16
}
const always = (): boolean => true

const CLUES: readonly Clue[] = [
  {
    words: ['normal', 'normals', 'normalmap', 'nrm', 'nor', 'nml', 'n', 'ddn', 'nmap'],
    what: 'a normal map',
    fits: ({ unit }) => unit > 0.6,
  },
  {
    words: ['height', 'heights', 'heightmap', 'bump', 'bumpmap', 'displacement', 'disp', 'depth', 'elevation'],
    what: 'a height map',
    fits: isGrey,
  },
  {
    words: [
      'rough',
      'roughness',
      'metal',
      'metallic',
      'metalness',
      'gloss',
      'glossiness',
      'specular',
      'spec',
      'ao',
      'occlusion',
    ],
    what: 'a map of a material',
    fits: isGrey,
  },
  { words: ['mask', 'opacity', 'splat', 'collision', 'walkable'], what: 'a mask', fits: isGrey },
  {
    words: ['orm', 'arm', 'rma', 'mra', 'mrao', 'metallicroughness'],
    what: 'packed maps of a material',
    fits: ({ isOpaque }) => isOpaque,
  },
  {
    words: ['splatmap', 'blendmap', 'weightmap', 'idmap', 'collisionmap'],
    what: 'a table of values',
    fits: always,
  },
  { words: ['matcap'], what: 'a matcap', fits: always },
  { words: ['lut', 'clut', 'colorlut', 'colourlut', 'lookup'], what: 'a colour lookup table', fits: always },
  { words: ['sdf', 'msdf', 'mtsdf', 'psdf'], what: 'a distance field', fits: always },
  { words: ['flow', 'flowmap', 'dudv', 'vectorfield'], what: 'a map of flow', fits: isCentred },
  { words: ['rgbe', 'rgbm', 'rgbd', 'hdr'], what: 'light coded in colours', fits: always },
]

/** The clue that a path gives, by its place in the list: all of a path that matters, so that equal files of other names share a record. */
export function clueOf(name: string): number {
  const words = new Set(
    name
      .replace(/\.\w+$/, '')
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z]+/),
  )
  return CLUES.findIndex((clue) => clue.words.some((word) => words.has(word)))
}

/** Tells the kind of a still, and why, in a few words for the report. */
export function kindOf(clue: number, header: Header, survey: Survey): { kind: Kind; why: string } {
  const { colours, unit, scale, flat, hard, isOpaque, isCutOut } = survey
  if (header.depth === 'ushort') return { kind: 'data', why: 'it has 16 bits a channel' }
  const named = CLUES[clue]
  if (named?.fits(survey)) return { kind: 'data', why: `${named.what} by its name` }
  // Skies are pale blue too, but not to either side of one and the same blue.
  if (isOpaque && unit > 0.97 && colours >= 16 && isCentred(survey))
    return { kind: 'data', why: 'a normal map by its colours' }
  if (isTable(header, survey)) return { kind: 'data', why: 'a colour lookup table by its shape and its colours' }
  // What JPEG or a lossy encoder smeared cannot be told from what was meant: nothing of it is worth keeping exactly.
  const isExact = header.format !== 'jpeg'
  if (isExact && scale > 1 && colours < MANY) return { kind: 'pixels', why: `pixel art, scaled up ${scale} times` }
  if (isExact && colours <= 64 && isCutOut) return { kind: 'pixels', why: `${colours} colours and no soft edges` }
  if (isExact && colours < MANY && isCutOut && hard > 0.5)
    return { kind: 'pixels', why: `pixel art: ${colours} colours, hard edges` }
  return isOpaque && flat < 0.3 && colours >= MANY
    ? { kind: 'photo', why: 'opaque, and no two pixels alike' }
    : { kind: 'art', why: isOpaque ? 'flat areas' : 'transparent parts' }
}

/** A cube of colours laid out in slices side by side (`n² x n`) or in a square (8 x 8 slices of 64, as in `512 x 512`) has every colour once. */
const isTable = ({ width, height }: Header, { colours, flat }: Survey): boolean =>
  width === height ** 2 && height >= 16 && colours >= MANY && flat < 0.05
