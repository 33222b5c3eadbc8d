import { rm } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { convert } from 'fontverter'
import { afterAll, expect, test } from 'vitest'
import { openCache } from '../cache.ts'
import { coverageOf } from './coverage.ts'
import { makeFont, range } from './fixture.ts'
import { splitFontFaces } from './fontFaces.ts'
import { parseRange } from './ranges.ts'
import { splitFont } from './splitFont.ts'

const LATIN = range(0x20, 0x7e)
const CYRILLIC = range(0x410, 0x44f)
const folder = mkdtempSync(path.join(tmpdir(), 'ff-fonts-'))
const cache = openCache(folder, 'fonts')
afterAll(() => rm(folder, { recursive: true }))

const pointsOf = async (woff2: Buffer): Promise<Set<number>> => coverageOf(await convert(woff2, 'sfnt')).points
const font = makeFont({ points: [...LATIN, ...CYRILLIC] })

async function parts(
  bytes: Buffer,
  used: number[],
  within?: string,
): Promise<Extract<Awaited<ReturnType<typeof splitFont>>, { subset: Buffer }>> {
  const split = await splitFont(bytes, new Set(used), cache, within === undefined ? undefined : parseRange(within))
  if (!('subset' in split)) throw new Error('it was left whole')
  return split
}

test('the subset holds what is used, the rest is said to lie in the whole font', async () => {
  const { subset, range: own, rest, restFont } = await parts(font, LATIN)
  expect(await pointsOf(subset)).toEqual(new Set(LATIN))
  expect(own).toBe('U+20-7E')
  expect(rest).toBe('U+410-44F')
  expect(await pointsOf(restFont)).toEqual(new Set([...LATIN, ...CYRILLIC]))
  expect(subset.length).toBeLessThan(restFont.length * 0.7)
})

test('the two ranges share no character, and miss none of the font', async () => {
  const used = [...LATIN, 0x411, 0x413, 0x44f]
  const split = await parts(font, used)
  const inRange = (text: string | null, point: number): boolean =>
    (parseRange(text ?? '') ?? []).some(([from, to]) => point >= from && point <= to)
  for (const point of [...LATIN, ...CYRILLIC])
    expect([inRange(split.range, point), inRange(split.rest, point)]).toEqual([
      used.includes(point),
      !used.includes(point),
    ])
})

test('the space is the subset’s even in a font without one: line heights are taken from there', async () => {
  const icons = makeFont({ points: range(0xe000, 0xe0ff) })
  expect((await parts(icons, [0xe001])).range).toBe('U+20,U+E001')
})

test('the author’s unicode-range is kept to', async () => {
  const split = await parts(font, LATIN, 'U+0-5F, U+41?')
  expect(split).toMatchObject({ range: 'U+20-5F', rest: 'U+410-41F' })
})

test('a font of which nearly everything is used stays whole, as woff2', async () => {
  const split = await splitFont(font, new Set([...LATIN, ...CYRILLIC.slice(4)]), cache)
  expect(split).not.toHaveProperty('subset')
  expect(split.restFont.toString('latin1', 0, 4)).toBe('wOF2')
})

test('a second file for less than a fifth of a font does not pay', async () => {
  const many = range(0x4e00, 0x4f90)
  const large = makeFont({ points: many })
  expect(await splitFont(large, new Set(many.slice(60)), cache)).not.toHaveProperty('subset')
  expect(await splitFont(large, new Set(many.slice(120)), cache)).toHaveProperty('subset')
})

test('an icon font whose icons are words stays whole: its letters can make any of them', async () => {
  const points = range(0xe000, 0xe0ff)
  const words = points.map(
    (point, index) => [`x${String.fromCodePoint(0x61 + (index >> 4), 0x61 + (index & 15))}`, point] as const,
  )
  const plan = { points: [...LATIN, ...points] }
  expect(await splitFont(makeFont({ ...plan, ligatures: words }), new Set(LATIN), cache)).not.toHaveProperty('subset')
  expect(await splitFont(makeFont(plan), new Set(LATIN), cache)).toHaveProperty('subset')
})

test('a font that relies on a table which subsetting loses stays whole', async () => {
  const kerned = makeFont({ points: [...LATIN, ...CYRILLIC], tables: { kern: Buffer.alloc(4) } })
  expect(await splitFont(kerned, new Set(LATIN), cache)).not.toHaveProperty('subset')
})

test('the same font and text are cut once', async () => {
  const first = await splitFont(font, new Set(LATIN), cache)
  const nothing = { ...cache, write: () => Promise.reject(new Error('it was made again')) }
  expect(await splitFont(font, new Set(LATIN), nothing)).toEqual(first)
})

interface Pass {
  css: string
  made: Map<string, Buffer>
  warnings: string[]
}

async function pass(css: string, files: Record<string, Buffer>, used: number[] = LATIN): Promise<Pass> {
  const made = new Map<string, Buffer>()
  const warnings: string[] = []
  const text = await splitFontFaces(css, {
    used: new Set(used),
    cache,
    read: (url) => files[url],
    emit(from, part, bytes) {
      const name = `${part} of ${from}`
      made.set(name, bytes)
      return name
    },
    warn: (message) => void warnings.push(message),
  })
  return { css: text, made, warnings }
}

test('a face becomes two, the whole font first: the last is asked first', async () => {
  const css = '@font-face{font-family:T;font-display:swap;src:local("T"),url(t.ttf) format("truetype")}a{b:c}'
  const { css: text, made } = await pass(css, { 't.ttf': font })
  const face = (part: string, own: string): string =>
    `@font-face{font-family:T;font-display:swap;src:local("T"),url("${part} of t.ttf") format("woff2");unicode-range:${own}}`
  expect(text).toBe(`${face('whole', 'U+410-44F')}${face('subset', 'U+20-7E')}a{b:c}`)
  expect([...made.keys()]).toEqual(['subset of t.ttf', 'whole of t.ttf'])
})

test('a font that is woff2 already is kept for the rest', async () => {
  const woff2 = await convert(font, 'woff2')
  const { css, made } = await pass('@font-face{font-family:T;src:url(t.woff2)}', { 't.woff2': woff2 })
  expect([...made.keys()]).toEqual(['subset of t.woff2'])
  expect(css).toContain('src:url(t.woff2) format("woff2");unicode-range:U+410-44F')
})

test('fonts for old browsers stay in the list, and what none reads is passed over', async () => {
  const css =
    '@font-face{src:url(t.eot?#iefix) format("embedded-opentype"),url(t.ttf) format("truetype-variations"),url(t.svg#t) format("svg")}'
  const { css: text } = await pass(css, { 't.ttf': font, 't.eot?#iefix': font })
  expect(text).toContain(
    'src:url(t.eot?#iefix) format("embedded-opentype"),url("subset of t.ttf") format("woff2-variations"),url(t.svg#t) format("svg")',
  )
})

test('where cutting does not pay, a font that is not woff2 becomes it', async () => {
  const css = '@font-face{font-family:T;src:url(t.ttf);unicode-range:U+0-FFFF}'
  const { css: text } = await pass(css, { 't.ttf': font }, [...LATIN, ...CYRILLIC])
  expect(text).toBe('@font-face{font-family:T;src:url("whole of t.ttf") format("woff2");unicode-range:U+0-FFFF}')
})

test.for([
  ['truncated', font.subarray(0, font.length >> 1)],
  ['not a font', Buffer.from('<!doctype html>')],
  ['empty', Buffer.alloc(0)],
] as const)('a font that is %s is left as it is, with a warning that names it', async ([, bytes]) => {
  const css = '@font-face{font-family:T;src:url(t.ttf)}'
  const { css: text, warnings } = await pass(css, { 't.ttf': bytes })
  expect(text).toBe(css)
  expect(warnings).toEqual([expect.stringMatching(/^t\.ttf is left as it is: it cannot be read as a font/)])
})

test('fonts of others, and those in the stylesheet itself, are left alone', async () => {
  const css = '@font-face{src:url(https://x.test/t.ttf)}@font-face{src:url(data:font/ttf;base64,AAAA)}'
  expect(await pass(css, {})).toMatchObject({ css, warnings: [] })
})
