import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Manifest } from '../../server/wire/manifest.ts'
import { examine } from '../doctor/examine.ts'
import type { Improved } from '../improve/improve.ts'
import { fileOf, others, ownBytes } from '../improve/shapes.ts'
import type { Raster } from '../improve/rasters.ts'
import type { Done } from '../improve/shrinkAll.ts'
import { cacheFolder } from '../options.ts'
import { groupOf, type BuildReport, type FileRow, type PictureRow } from '../report/data.ts'
import { printReport } from '../report/terminal.ts'
import { writeReport } from '../report/write.ts'
import type { Painted, State } from '../state.ts'

const CODINGS = ['zst', 'br', 'gz'] as const

/** What {@link report} is told of the build besides its state. */
export interface Made {
  /** Where the files are now, and where they will be. */
  dir: string
  target: string
  improved: Improved
  manifest: Manifest
  seconds: number
}

/** Writes the report of a build into the cache's folder; @returns what prints its table, for when the files are in place. */
export async function report(state: State, { dir, target, manifest, improved, seconds }: Made): Promise<() => void> {
  const { config, options, spans } = state
  const pictures = [
    ...improved.pictures.map((done) => rowOf(state, done)),
    ...improved.unseen.map(unseenRow),
    ...state.art.map((painted) => artRow(manifest, painted)),
  ]
  const told: BuildReport = {
    outDir: target,
    sourceRoot: config.root,
    release: manifest.release,
    seconds,
    spans,
    encodes: pictures.reduce((sum, { encodes }) => sum + encodes, 0),
    pictures,
    files: await filesOf(dir),
    documents: improved.documents,
    findings: await examine(dir, { manifest }),
  }
  const page = await writeReport(told, path.join(cacheFolder(options, config.root), 'report'))
  return () => {
    if (config.logLevel !== 'silent') printReport(told, path.relative(process.cwd(), page))
  }
}

function rowOf(state: State, done: Done): PictureRow {
  const { name, source, reach, picture, encodes, file } = done
  const [best] = others(done)
  const own = ownBytes(done)
  const isBetter = best !== undefined && best.bytes < own
  const { kind, why, width, height, alpha, pending, warning } = picture
  return {
    name,
    source,
    kind,
    why,
    reach,
    width,
    height,
    alpha,
    before: picture.bytes,
    after: isBetter ? best.bytes : own,
    type: isBetter ? best.type : `image/${picture.format}`,
    file: isBetter ? fileOf(state, done, best) : file,
    score: isBetter ? best.score : (picture.original?.score ?? null),
    pending,
    encodes,
    encodings: [...(picture.original ? [picture.original] : []), ...picture.variants].map(({ type, settings }) => ({
      type,
      settings,
    })),
    ...(warning !== undefined && { warning }),
  }
}

/** Of all its variants a browser fetches one: counted is the widest of the best format. */
function artRow({ images }: Manifest, { name, source, bytes, picture, fresh }: Painted): PictureRow {
  const { width, height, alpha, variants } = picture
  const [best] = variants
  const widest = variants.findLast(({ type }) => type === best?.type)
  const file = images[name]?.variants.findLast(({ type }) => type === best?.type)?.file ?? name
  return {
    name,
    source,
    kind: 'art',
    why: 'listed by the options',
    reach: 'art',
    width,
    height,
    alpha,
    before: bytes,
    after: widest?.bytes ?? bytes,
    type: best?.type ?? 'image/png',
    file,
    score: null,
    pending: false,
    encodes: fresh ? variants.length : 0,
    encodings: [],
  }
}

const unseenRow = ({ name, source, bytes, file }: Raster): PictureRow => ({
  name,
  source,
  kind: 'art',
  why: 'nothing that was built names it',
  reach: 'unseen',
  width: 0,
  height: 0,
  alpha: false,
  before: bytes,
  after: bytes,
  type: `image/${path.extname(name).slice(1).toLowerCase()}`,
  file,
  score: null,
  pending: false,
  encodes: 0,
  encodings: [],
})

async function filesOf(dir: string): Promise<FileRow[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const sizes = new Map<string, number>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    sizes.set(path.relative(dir, file).replaceAll(path.sep, '/'), (await stat(file)).size)
  }
  const isSibling = (file: string): boolean =>
    CODINGS.some((coding) => file.endsWith(`.${coding}`) && sizes.has(file.slice(0, -coding.length - 1)))
  return [...sizes].flatMap(([file, bytes]): FileRow[] => {
    if (isSibling(file)) return []
    const encoded = CODINGS.flatMap((coding) => {
      const size = sizes.get(`${file}.${coding}`)
      return size === undefined ? [] : [[coding, size]]
    })
    return [{ path: file, bytes, ...(Object.fromEntries(encoded) as Record<string, number>), group: groupOf(file) }]
  })
}
