import type { Lookup } from './lookup.ts'

/** Knows every `NAME-WIDTHxHEIGHT.png` (with alpha) and `.jpg` (opaque), each at two widths as AVIF and WebP. */
export const lookup: Lookup = (url) => {
  const { stem, width, height, end } =
    /^(?<stem>.*-(?<width>\d+)x(?<height>\d+))\.(?<end>png|jpg)$/.exec(url)?.groups ?? {}
  if (stem === undefined) return undefined
  const full = Number(width)
  const candidates = (format: string): { url: string; width: number }[] =>
    [full / 2, full].map((each) => ({ url: `${stem}-${each}.${format}`, width: each }))
  return {
    width: full,
    height: Number(height),
    alpha: end === 'png',
    placeholder: end === 'png' ? null : '#14821e',
    fallback: [{ url, width: full }],
    formats: ['avif', 'webp'].map((format) => ({ type: `image/${format}`, candidates: candidates(format) })),
  }
}
