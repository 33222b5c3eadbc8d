import { inParallel } from '../../parallel.ts'
import { encodeWebp, readHeader } from '../../pictures/codec.ts'
import { clueOf, kindOf } from '../../pictures/kind.ts'
import { readFacts, readPixels } from '../../pictures/look.ts'
import type { Finding } from '../finding.ts'
import { madeIn, type Folder, type Shipped } from '../folder.ts'
import { msOfBytes } from '../line.ts'
import { relOf } from '../page.ts'
import { namesOf, placeOf, wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

const RASTERS = new Set(['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif', 'bmp', 'tif', 'tiff'])
/** Formats that a later one does better. */
const DATED = new Set(['png', 'jpg', 'jpeg', 'bmp', 'tif', 'tiff'])
/** Smaller ones are bound by the round trip. */
const SMALL = 4000
/** Encoded by way of trial, the largest first: the rest is reckoned from them. */
const SAMPLE = 40
const SAMPLE_PIXELS = 40e6
/** Visually lossless on most game art. */
const QUALITY = 78

/** Greatest side that the graphics chips of older phones take as one texture. */
const GREATEST_SIDE = 4096
/** A screen of 3840 x 2160 has fewer. */
const GREATEST_AREA = 9e6
const ICON_SIDE = 256
/** Screens with three pixels to one of CSS are the sharpest that are common. */
const DENSITY = 3

/** Pictures that would be smaller in a later format at the same looks, measured. AVIF often spares as much again. */
export async function datedPictures(subject: Subject): Promise<Finding[]> {
  const { answers = {} } = subject.folder.manifest ?? {}
  const dated = rastersOf(subject)
    // One with an answer has had its chance of a better format.
    .filter(({ name, suffix, bytes }) => DATED.has(suffix) && bytes > SMALL && !answers[name])
    .toSorted((a, b) => b.bytes - a.bytes)
  const trial = await inParallel(await sampleOf(subject.folder, dated), (file) => tryWebp(subject.folder, file))
  const exact = new Set(trial.flatMap(({ file, bytes }) => (bytes === undefined ? file : [])))
  const all = dated.filter((file) => !exact.has(file))
  const tried = trial.flatMap(({ file, bytes }) => (bytes === undefined ? [] : { before: file.bytes, after: bytes }))
  const before = sum(all, ({ bytes }) => bytes)
  const after = (before * sum(tried, (one) => one.after)) / sum(tried, (one) => one.before)
  if (tried.length === 0 || before - after < SMALL) return []
  const whole = tried.length === all.length ? '' : `, measured on the ${tried.length} largest`
  return [
    {
      id: 'picture-format',
      where: placeOf(all),
      bytes: Math.round(before - after),
      ms: msOfBytes(before - after),
      what: `${count(all.length, 'picture')} of ${bytesText(before)} would be ${bytesText(after)} as WebP${whole}, and less as AVIF: ${someOf(namesOf(all))}.`,
      todo: wayOut(
        subject,
        'it makes both of each picture, also of those in the public folder, and sends them under the names the game asks for',
        'Take them out of firstframe({ pictures: { exclude } }), or serve the folder by what knows the manifest’s answers: "firstframe serve", the worker, the edge’s configuration.',
      ),
    },
  ]
}

/** The largest, as many as can be tried while somebody waits. */
async function sampleOf(folder: Folder, files: readonly Shipped[]): Promise<Shipped[]> {
  let pixels = 0
  const chosen: Shipped[] = []
  for (const file of files.slice(0, SAMPLE)) {
    const { width = 0, height = 0 } = await headerOf(folder, file)
    if (pixels + width * height > SAMPLE_PIXELS) continue
    pixels += width * height
    chosen.push(file)
  }
  return chosen
}

/** What it would weigh, never more than it does; undefined where every pixel counts, it moves, or it is broken. */
async function tryWebp(folder: Folder, file: Shipped): Promise<{ file: Shipped; bytes: number | undefined }> {
  try {
    const bytes = folder.bytesOf(file)
    const facts = await readFacts(bytes, file.name)
    if (facts.frames > 1) return { file, bytes: undefined }
    const { pixels, survey } = await readPixels(bytes, facts)
    const { kind } = kindOf(clueOf(file.name), facts.header, survey)
    const isLooked = kind === 'photo' || kind === 'art'
    return { file, bytes: isLooked ? Math.min(file.bytes, (await encodeWebp(pixels, QUALITY)).length) : undefined }
  } catch {
    return { file, bytes: undefined }
  }
}

interface Header {
  width?: number
  height?: number
}

/** Most formats say their size at the start; those that do not, or that have a profile before it, are read whole. */
const headerOf = (folder: Folder, file: Shipped): Promise<Header> =>
  readHeader(folder.headOf(file))
    .catch(() => readHeader(folder.bytesOf(file)))
    .catch((): Header => ({}))

/** Pictures with far more pixels than a screen, a texture unit or their own place in the page can show. */
export async function hugePictures({ folder, ...subject }: Subject): Promise<Finding[]> {
  const shown = shownWidths(folder)
  const files = rastersOf({ folder, ...subject }).filter(({ bytes }) => bytes > SMALL)
  const findings = await inParallel(files, async (file): Promise<Finding[]> => {
    const { width = 0, height = 0 } = await headerOf(folder, file)
    const limit = limitOf(file, width, height, shown.get(file.name))
    if (!limit) return []
    const bytes = Math.round(file.sent * (1 - limit.scale ** 2))
    if (bytes < SMALL) return []
    return [
      {
        id: 'picture-size',
        where: file.name,
        bytes,
        ms: msOfBytes(bytes),
        what: `${width} x ${height} pixels in ${bytesText(file.sent)}, ${limit.why}: ${bytesText(width * height * 4)} of graphics memory.`,
        todo: `Export it ${Math.max(1, Math.round(width * limit.scale))} pixels wide.`,
      },
    ]
  })
  return findings.flat()
}

function limitOf(
  { name }: Shipped,
  width: number,
  height: number,
  shown: number | undefined,
): { scale: number; why: string } | undefined {
  const side = Math.max(width, height)
  if (shown !== undefined && width > shown * DENSITY * 1.5)
    return {
      scale: (shown * DENSITY) / width,
      why: `shown ${shown} pixels wide, at most ${shown * DENSITY} of a sharp screen`,
    }
  if (/(?:^|\/)(?:fav|touch-?|app-?)?icon[^/]*$/i.test(name) && side > ICON_SIDE * 2)
    return { scale: (ICON_SIDE * 2) / side, why: 'an icon by its name' }
  if (side > GREATEST_SIDE)
    return { scale: GREATEST_SIDE / side, why: `where many phones take ${GREATEST_SIDE} at most as one texture` }
  if (width * height > GREATEST_AREA)
    return { scale: Math.sqrt(GREATEST_AREA / width / height), why: 'more than the largest common screen has' }
  return undefined
}

/** Widths that the HTML gives to pictures, in CSS pixels. */
function shownWidths(folder: Folder): Map<string, number> {
  const widths = new Map<string, number>()
  for (const [page, tags] of folder.pages)
    for (const tag of tags) {
      const url = tag.name === 'img' ? tag.attributes['src'] : undefined
      const width = Number(tag.attributes['width'])
      const file = url === undefined ? undefined : folder.locate(url, page)
      if (file && width > 0) widths.set(file.name, Math.max(width, widths.get(file.name) ?? 0))
    }
  return widths
}

/** Rasters that the game asks for; those that firstframe made of them are no concern. */
function rastersOf({ reached, folder }: Subject): Shipped[] {
  const { manifest } = folder
  const made = manifest ? madeIn(manifest) : new Set()
  return reached.filter(({ name, suffix }) => RASTERS.has(suffix) && !made.has(name))
}

const INLINE = /data:image\/(?!svg)[\w.+-]+;base64,[\w+/=]*/g
/** Vite inlines up to 4 kB by itself. */
const INLINE_WORTH = 8000

/** Pictures written into scripts, styles and documents. */
export function inlinedPictures(subject: Subject): Finding[] {
  return subject.reached
    .filter(({ suffix }) => ['js', 'mjs', 'css', 'html', 'json', 'gltf'].includes(suffix))
    .flatMap((file): Finding[] => {
      const found = subject.folder.textOf(file).match(INLINE) ?? []
      const bytes = sum(found, (url) => url.length)
      if (bytes < INLINE_WORTH) return []
      return [
        {
          id: 'picture-inline',
          where: file.name,
          bytes,
          ms: msOfBytes(bytes),
          what: `${count(found.length, 'picture')} as base64, ${bytesText(bytes)}: a third larger than the files, and all that stands in the file waits for them.`,
          todo: wayOut(
            subject,
            'it sets build.assetsInlineLimit to 0, so that pictures stay files',
            'Set build.assetsInlineLimit to 0 and name the pictures as files.',
          ),
        },
      ]
    })
}

/** Icons in HTML are asked for at every start. */
export function heavyIcons({ folder }: Subject): Finding[] {
  return [...folder.pages].flatMap(([page, tags]) =>
    tags
      .filter((tag) => tag.name === 'link' && relOf(tag).includes('icon'))
      .flatMap((tag) => folder.locate(tag.attributes['href'] ?? '', page) ?? [])
      .filter(({ bytes }) => bytes > 30_000)
      .map(({ name, sent }) => ({
        id: 'icon-heavy',
        where: name,
        bytes: sent,
        ms: msOfBytes(sent),
        what: `The icon of ${page} has ${bytesText(sent)}, fetched at every first visit.`,
        todo: 'Use an SVG, or a PNG of 32 to 48 pixels.',
      })),
  )
}
