import type { Document } from '../../server/wire/manifest.ts'
import type { Finding } from '../doctor/finding.ts'

/** All that one build has to tell. `write.ts` makes the page and `build.json` of it, `terminal.ts` the table. */
export interface BuildReport {
  /** Where the build stands, absolute: as it will be called when the report is read, not the stage it was made in. */
  outDir: string
  /** Vite's root, absolute. */
  sourceRoot: string
  /** The manifest's. */
  release: string
  /** The whole build, wall clock. */
  seconds: number
  /** Its parts, in order. */
  spans: { what: string; ms: number }[]
  /** How many encodings were made anew, none from the cache. */
  encodes: number
  pictures: PictureRow[]
  /** Everything that ships, precompressed siblings not as files of their own. */
  files: FileRow[]
  /** The manifest's. */
  documents: Record<string, Document>
  findings: Finding[]
}

export interface PictureRow {
  /** Path the game asks for, or the source's relative to Vite's root. */
  name: string
  /** Absolute. */
  source: string
  kind: 'photo' | 'art' | 'pixels' | 'data' | 'animation'
  /** Why it is of that kind, a few words. */
  why: string
  /** How play gets to it: by Vite's graph, by its name in a text, by a pattern of names, by a word alone, not at all as far as can be seen, or listed as art. */
  reach: 'graph' | 'named' | 'pattern' | 'word' | 'unseen' | 'art'
  width: number
  height: number
  alpha: boolean
  /** Bytes of the source. */
  before: number
  /** Bytes of the best that is sent. */
  after: number
  /** Type of the best. */
  type: string
  /** The best variant's path relative to `outDir`, or the picture's name where its own bytes are best. */
  file: string
  /** How close the best comes to the source, 0 to 100; null where nobody measured, or nothing was lost. */
  score: number | null
  /** True where the best encoding was put off: the build's time was up. */
  pending: boolean
  /** What was made of it, and what the encoder was told, by sharp's names. */
  encodings: { type: string; settings: Record<string, string | number | boolean> }[]
  /** Encodings made anew for it. */
  encodes: number
  /** What is wrong with it: truncated, mislabelled. */
  warning?: string
}

export interface FileRow {
  /** Relative to `outDir`, with `/`. */
  path: string
  bytes: number
  zst?: number
  br?: number
  gz?: number
  group: Group
}

export const GROUPS = [
  'pictures',
  'drawings',
  'scripts',
  'styles',
  'fonts',
  'sound',
  'video',
  'models',
  'documents',
  'data',
  'maps',
] as const
export type Group = (typeof GROUPS)[number]

const SUFFIXES: Record<Group, string> = {
  pictures: 'png jpg jpeg webp avif gif ico bmp tif tiff',
  drawings: 'svg',
  scripts: 'js mjs cjs wasm',
  styles: 'css',
  fonts: 'woff2 woff ttf otf eot',
  sound: 'mp3 m4a aac ogg oga opus wav flac weba',
  video: 'mp4 webm mov',
  models: 'glb gltf fbx obj mtl dae drc ply stl ktx ktx2 basis dds hdr exr',
  documents: 'html htm',
  data: '',
  maps: 'map',
}

const BY_SUFFIX = new Map<string, Group>(
  GROUPS.flatMap((group) => SUFFIXES[group].split(' ').map((suffix): [string, Group] => [suffix, group])),
)

/** What kind of file it is, by its name: anything unknown is data. */
export const groupOf = (file: string): Group => {
  const suffix = /\.([^./]+)$/.exec(file)?.[1]?.toLowerCase()
  return (suffix !== undefined && BY_SUFFIX.get(suffix)) || 'data'
}

/** Bytes on the wire for a browser that takes every encoding. */
export const sentBytes = ({ bytes, zst = bytes, br = bytes, gz = bytes }: FileRow): number =>
  Math.min(bytes, zst, br, gz)

/** What players can come to be sent: a picture that nothing names only takes room. */
export const isSent = ({ reach }: PictureRow): boolean => reach !== 'unseen'
