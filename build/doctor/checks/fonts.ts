import type { Finding } from '../finding.ts'
import type { Folder, Shipped } from '../folder.ts'
import type { Loaded } from '../graph.ts'
import { msOfBytes, msOfTrips } from '../line.ts'
import { brotliBytes } from '../measure.ts'
import { readSheet, type FontFace } from '../sheet.ts'
import { wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

/** A browser shows text in another font when one has not come for this long. */
const HIDDEN_MS = 3000
const HEAVY = 100_000
/** Latin letters hardly reach this in any font: what is larger holds Chinese, Japanese or Korean. */
const WHOLE_CJK = 1_000_000
/** One weight with the letters of western Europe. */
const LETTERS = 20_000
/** WOFF2 is about this much of WOFF: Brotli in place of deflate. */
const OF_WOFF = 0.75
const WORTH = 4000

interface Face extends FontFace {
  file: Shipped
  /** Requests between the page and this. */
  depth: number
}

/** Fonts that a browser learns of only when the stylesheet has come. */
export function lateFonts(subject: Subject): Finding[] {
  return [...subject.loads].flatMap(([page, loaded]) => {
    const preloaded = new Set(loaded.filter(({ kind }) => kind === 'font').map(({ file }) => file.name))
    const faces = facesOf(subject.folder, page, loaded).filter(({ depth, ranged }) => depth > 0 && !ranged)
    // One that is preloaded was chosen: the others are for later.
    if (faces.length === 0 || faces.some(({ file }) => preloaded.has(file.name))) return []
    const depth = Math.max(...faces.map(({ depth }) => depth))
    return {
      id: 'font-late',
      where: page,
      bytes: 0,
      ms: msOfTrips(depth),
      what: `${count(faces.length, 'font')} found only when the stylesheet has arrived, ${count(depth, 'round trip')} late: ${someOf(faces.map(({ file }) => file.name))}.`,
      todo: wayOut(
        subject,
        'it preloads the fonts of what is seen first',
        'Preload the one that is seen first: <link rel="preload" as="font" type="font/woff2" crossorigin>.',
      ),
    }
  })
}

/** Fonts without `font-display`: their text stays invisible until they have come. */
export function hiddenText({ folder, loads }: Subject): Finding[] {
  return [...loads].flatMap(([page, loaded]) => {
    const faces = facesOf(folder, page, loaded).filter(
      ({ display, ranged }) => ['', 'auto', 'block'].includes(display) && !ranged,
    )
    if (faces.length === 0) return []
    const bytes = sum(new Set(faces.map(({ file }) => file)), ({ sent }) => sent)
    return {
      id: 'font-hidden',
      where: page,
      bytes: 0,
      ms: Math.min(HIDDEN_MS, msOfTrips(1) + msOfBytes(bytes)),
      what: `The text in ${someOf([...new Set(faces.map(({ family }) => family))])} stays invisible until ${bytesText(bytes)} of fonts have arrived: they have no font-display.`,
      todo: 'Write font-display: swap into each @font-face, or optional where a late change of letters would disturb.',
    }
  })
}

/** Fonts in a format that is not compressed, or less than it could be. */
export async function oldFontFormats({ folder, reached }: Subject): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const file of reached.filter(({ suffix }) => ['ttf', 'otf', 'woff'].includes(suffix))) {
    if (hasBetter(folder, file)) continue
    const small = file.suffix === 'woff' ? file.bytes * OF_WOFF : await brotliBytes(folder.bytesOf(file))
    const bytes = Math.round(file.sent - small)
    if (bytes < WORTH) continue
    findings.push({
      id: 'font-format',
      where: file.name,
      bytes,
      ms: msOfBytes(bytes),
      what: `A .${file.suffix} font of ${bytesText(file.sent)} on the wire would be about ${bytesText(small)} as WOFF2.`,
      todo: 'Convert it to .woff2 (fonttools: "fonttools ttLib.woff2 compress"), which every browser takes.',
    })
  }
  return findings
}

/** Fonts with far more letters than a game shows. */
export function heavyFonts(subject: Subject): Finding[] {
  const { folder, reached, loads } = subject
  const faces = [...loads].flatMap(([page, loaded]) => facesOf(folder, page, loaded))
  const isSplit = (file: Shipped): boolean => {
    const own = faces.filter((face) => face.file.name === file.name)
    return own.length > 0 && own.every(({ ranged }) => ranged)
  }
  return reached
    .filter(
      (file) =>
        ['ttf', 'otf', 'woff', 'woff2'].includes(file.suffix) &&
        file.sent > HEAVY &&
        !isSplit(file) &&
        !hasBetter(folder, file),
    )
    .map((file) => {
      const bytes = file.sent - LETTERS
      const isCjk = file.bytes > WHOLE_CJK
      return {
        id: isCjk ? 'font-cjk' : 'font-heavy',
        where: file.name,
        bytes,
        ms: msOfBytes(bytes),
        what: isCjk
          ? `A font of ${bytesText(file.sent)}, by its size with all Chinese, Japanese or Korean signs: those that a game's texts use fit into a twentieth.`
          : `A font of ${bytesText(file.sent)} on the wire, where the letters of one language need about ${bytesText(LETTERS)}.`,
        todo: wayOut(
          subject,
          'it cuts the fonts of stylesheets to the text that is used, and leaves the rest for what else is typed',
          'Declare it by @font-face in a stylesheet of the graph, so that firstframe({ fonts }) can cut it; one that a script loads, cut by "pyftsubset --text-file".',
        ),
      }
    })
}

const hasBetter = ({ files }: Folder, { name, suffix }: Shipped): boolean =>
  suffix !== 'woff2' && files.has(`${name.slice(0, -suffix.length)}woff2`)

function facesOf(folder: Folder, page: string, loaded: readonly Loaded[]): Face[] {
  const inPage = (folder.pages.get(page) ?? [])
    .filter(({ name }) => name === 'style')
    .map(({ text }) => ({ css: text, from: page, depth: 0 }))
  const linked = loaded
    .filter(({ kind }) => kind === 'style')
    .map(({ file, depth }) => ({ css: folder.textOf(file), from: file.name, depth: depth + 1 }))
  return [...inPage, ...linked].flatMap(({ css, from, depth }) =>
    readSheet(css).fontFaces.flatMap((face) => {
      const file = face.urls.map((url) => folder.locate(url, from)).find((found) => found !== undefined)
      return file ? [{ ...face, file, depth }] : []
    }),
  )
}
