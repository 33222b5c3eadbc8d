import { createHash } from 'node:crypto'
import type { Quality } from '../options.ts'
import { animateWebp } from './animation.ts'
import { packExact } from './exact.ts'
import { clueOf, kindOf, type Kind } from './kind.ts'
import { readFacts, readPixels, type Facts } from './look.ts'
import { inRoom } from './room.ts'
import { subjectOf, TARGET, TARGET_AGAIN } from './search.ts'
import type { Made, Shape, Shrunk } from './shape.ts'
import { atWidth, bestAvif, bestJpeg, bestPng, bestWebp, fitsAvif, fitsWebp, type Still } from './still.ts'
import type { Survey } from './survey.ts'

/** From the bytes of a source to the bytes of its encodings: knows no cache, and may run in a process of its own. */

export interface Job {
  bytes: Buffer
  options: JobOptions
  /** A record that lacks AVIF only: nothing else is made again. */
  known: Shrunk | undefined
}

/** As in `ShrinkOptions`. */
export interface JobOptions {
  name: string
  kind?: Kind
  exact?: boolean
  widths?: number[]
  quality?: Partial<Quality>
  keep?: boolean
}

export interface Outcome {
  picture: Shrunk
  /** What the picture's shapes name. */
  files: { key: string; data: Buffer }[]
  encodes: number
}

/** Whether AVIF may be made now: asked once a picture, just before. */
export type MayAvif = () => boolean | Promise<boolean>

/** @throws Error, without the picture's name, where the bytes are no picture, are broken, or hold too many pixels. */
export async function makeAll({ bytes, options, known }: Job, mayAvif: MayAvif): Promise<Outcome> {
  const facts = await readFacts(bytes, options.name)
  const frames = facts.format === 'gif' ? facts.frames : 1
  return inRoom((facts.width * facts.height * frames) / 1e6, async () => {
    const files: Outcome['files'] = []
    const store = (made: Made): Shape => {
      const { type, width, height, data, score, settings } = made
      const key = createHash('sha256').update(data).digest('hex')
      files.push({ key, data })
      const rounded = score === null ? null : Math.round(score * 10) / 10
      return { type, width, height, bytes: data.length, hash: key.slice(0, 8), key, score: rounded, settings }
    }
    const { picture, encodes } = await make(bytes, { facts, options, known, mayAvif, store })
    return { picture, files, encodes }
  })
}

interface Task extends Omit<Job, 'bytes'> {
  facts: Facts
  mayAvif: MayAvif
  /** Its key is the hash of the content: what two pictures share is kept once. */
  store: (made: Made) => Shape
}

async function make(bytes: Buffer, task: Task): Promise<Omit<Outcome, 'files'>> {
  const { facts, options, known, store } = task
  const { header, format, png, frames } = facts
  const { keep = false, exact = false } = options
  const base = describe(bytes, facts)

  if (frames > 1) {
    const { made, encodes } = format === 'gif' ? await animateWebp(bytes, header) : { made: undefined, encodes: 0 }
    const variants = made && made.data.length < bytes.length ? [store(made)] : []
    const why = format === 'gif' ? `${frames} frames` : `${frames} frames, of a format that is left as it is`
    return { picture: { ...base, kind: 'animation', why, variants }, encodes }
  }

  const { pixels, survey } = await readPixels(bytes, facts)
  const found = kindOf(clueOf(options.name), header, survey)
  const { kind, why } = options.kind ? { kind: options.kind, why: 'as it was told' } : found
  const picture = {
    ...base,
    kind,
    why: exact ? 'kept exactly, as it was told' : why,
    alpha: !survey.isOpaque,
    placeholder: survey.isOpaque ? hexOf(survey.mean) : null,
  }
  if (png?.hasOwnColours) return { picture: { ...picture, why: 'it has a gamma or a range of its own' }, encodes: 0 }
  if (exact || kind === 'data' || kind === 'animation') {
    const packed = await packExact(bytes, pixels, { header, png, keep })
    const original = packed.original && store(packed.original)
    const limit = original?.bytes ?? bytes.length
    const variants = packed.variants.filter(({ data }) => data.length < limit).map(store)
    return { picture: { ...picture, original, variants }, encodes: packed.encodes }
  }

  const isAgain = format === 'avif' || (format === 'webp' && !bytes.subarray(0, 4096).includes('VP8L'))
  if (isAgain && (bytes.length * 8) / (pixels.info.width * pixels.info.height) < LEAN)
    return { picture: { ...picture, why: `${why}; encoded tightly already` }, encodes: 0 }
  const target = isAgain ? TARGET_AGAIN : TARGET
  const still: Still = { subject: subjectOf(pixels), survey, kind, target, quality: options.quality ?? {} }
  const made = await makeStill(still, task)

  const worth = bytes.length * (isAgain ? CLEARLY : 1)
  const isWorth = made.original && made.original.data.length < worth
  const original = isWorth && made.original ? store(made.original) : (known?.original ?? null)
  const limit = original?.bytes ?? worth
  const before = known?.variants ?? []
  const isBeaten = ({ type, width, data }: Made): boolean =>
    type === 'image/avif' &&
    [...made.variants.map((other) => ({ ...other, bytes: other.data.length })), ...before].some(
      (other) => other.type === 'image/webp' && other.width === width && other.bytes <= data.length,
    )
  const kept = made.variants.filter((one) => one.data.length < limit && !isBeaten(one))
  const variants = [...before, ...kept.map(store)].sort((a, b) => a.bytes - b.bytes)
  return { picture: { ...picture, original, variants, pending: made.pending }, encodes: made.encodes }
}

/** Fewer bits a pixel than these are tight enough for lossy sources of a format of today to be left as they are. */
const LEAN = 1
/** To be encoded a second time must save this much. */
const CLEARLY = 0.85

/** The encodings of a still that may be worth keeping; only AVIF where the others are known. */
async function makeStill(
  still: Still,
  { facts: { format }, options, known, mayAvif }: Task,
): Promise<{ original: Made | null; variants: Made[]; pending: boolean; encodes: number }> {
  const { kind, subject } = still
  const { pixels } = subject
  const { keep = false } = options
  const widths = kind === 'pixels' ? [] : (options.widths ?? []).filter((width) => width < pixels.info.width)
  let original: Made | null = null
  const variants: Made[] = []
  let encodes = 0
  const take = async (making: Promise<{ made: Made; encodes: number }>): Promise<Made> => {
    const { made, encodes: count } = await making
    encodes += count
    return made
  }
  const withWidths = async (made: Made): Promise<void> => {
    const isSource = made.type === `image/${format}`
    if (isSource && keep) original = made
    else variants.push(made)
    for (const width of new Set(widths)) {
      variants.push(await atWidth(pixels, width, made))
      encodes++
    }
  }

  if (!known && keep && format === 'jpeg') original = await take(bestJpeg(still))
  if (!known && keep && format === 'png') original = await take(bestPng(still))
  if (!known && format !== 'avif' && fitsWebp(pixels.info)) await withWidths(await take(bestWebp(still)))
  const wantsAvif = kind !== 'pixels' && fitsAvif(pixels.info)
  const pending = wantsAvif && !(await mayAvif())
  if (wantsAvif && !pending) await withWidths(await take(bestAvif(still)))
  return { original, variants, pending, encodes }
}

function describe(bytes: Buffer, { format, width, height, frames, header, warning }: Facts): Shrunk {
  return {
    width,
    height,
    alpha: header.hasAlpha,
    frames,
    kind: 'art',
    why: '',
    format,
    placeholder: null,
    bytes: bytes.length,
    original: null,
    variants: [],
    pending: false,
    ...(warning !== undefined && { warning }),
  }
}

const hexOf = (mean: Survey['mean']): string =>
  `#${mean.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`
