import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseDocument, DomUtils } from 'htmlparser2'
import { expect, onTestFinished, test } from 'vitest'
import type { BuildReport } from './data.ts'
import { build, picture } from './fixture.ts'
import { writeReport } from './write.ts'

async function write(report: BuildReport) {
  const root = await mkdtemp(path.join(tmpdir(), 'firstframe-report-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const folder = path.join(root, 'cache/report')
  const page = await writeReport(report, folder)
  const document = parseDocument(await readFile(page, 'utf8'))
  const all = (name: string): ReturnType<typeof DomUtils.getElementsByTagName> =>
    DomUtils.getElementsByTagName(name, document)
  const text = (id: string): string => {
    const found = DomUtils.getElementById(id, document)
    return found ? DomUtils.innerText(found) : ''
  }
  return { folder, page, document, all, text }
}

test('the page stands alone: no script, style or font of another file', async () => {
  const { page, folder, all } = await write(build())
  expect(page).toBe(path.join(folder, 'index.html'))
  expect((await readdir(folder)).toSorted()).toEqual(['build.json', 'index.html'])
  expect(all('link')).toEqual([])
  expect(all('script').filter(({ attribs }) => attribs['src'] !== undefined)).toEqual([])
  expect(await readFile(page, 'utf8')).not.toMatch(/https?:/)
})

test('build.json tells machines what was encoded, how long it took and what is left to do', async () => {
  const finding = { id: 'host', where: '.', bytes: 0, ms: 0, what: 'What.', todo: 'Do.' }
  const { folder } = await write(build({ findings: [finding] }))
  const record = JSON.parse(await readFile(path.join(folder, 'build.json'), 'utf8')) as unknown
  expect(record).toMatchObject({
    release: '2e376c2bf339',
    encodes: 3,
    spans: [{ what: 'pictures', ms: 2100 }],
    pictures: [{ name: 'art/hero.png', kind: 'art', reach: 'named', before: 100_000, after: 20_000, encodes: 3 }],
    findings: [finding],
  })
})

test('a picture stands beside its source, both by paths from where the report lies', async () => {
  const { folder, all } = await write(build())
  const sources = all('img').map(({ attribs }) => path.join(folder, decodeURIComponent(attribs['src'] ?? '')))
  expect(sources).toEqual(['/game/public/art/hero.png', '/game/dist/assets/art/hero-4f1c2a9b.avif'])
})

test('those that saved most come first, those that saved nothing are not compared', async () => {
  const pictures = [
    picture({ name: 'little.png', after: 90_000 }),
    picture({ name: 'much.png', after: 10_000 }),
    picture({ name: 'none.png', after: 100_000 }),
  ]
  const { all } = await write(build({ pictures }))
  expect(all('input').map(({ attribs }) => attribs['aria-label'])).toEqual(['Compare much.png', 'Compare little.png'])
})

const EVIL = `"><img src=x onerror=alert(1)> & '</script>`

test('names are text wherever they stand, whatever they hold', async () => {
  const where = { id: EVIL, where: EVIL, bytes: 1, ms: 1, what: EVIL, todo: EVIL }
  const row = picture({ name: EVIL, source: `/game/${EVIL}`, file: EVIL, why: EVIL, kind: 'data', warning: EVIL })
  const { all, text } = await write(
    build({
      release: EVIL,
      spans: [{ what: EVIL, ms: 1 }],
      pictures: [row, picture({ name: EVIL, reach: 'unseen' })],
      files: [{ path: EVIL, bytes: 1000, group: 'data' }],
      documents: { [EVIL]: { blocking: [EVIL], preloads: [{ file: EVIL, as: 'image' }] } },
      findings: [where, where, where, where],
    }),
  )
  const tags = ['img', 'input', 'button', 'i', 'div', 'span'].flatMap(all)
  expect(tags.filter(({ attribs }) => 'onerror' in attribs || attribs['src'] === 'x')).toEqual([])
  expect(all('script').length).toBe(1)
  for (const id of ['todo', 'paint', 'exact', 'unseen', 'files']) expect(text(id)).toContain(EVIL)
})

test('names with spaces, percent signs and other letters lead to their files', async () => {
  const row = picture({ source: '/game/public/Bär 100%#1?.png', file: 'assets/Bär 100%-4f1c2a9b.avif' })
  const { all } = await write(build({ pictures: [row] }))
  const [source, best] = all('img').map(({ attribs }) => new URL(attribs['src'] ?? '', 'file:///a/b/c/d/').pathname)
  expect(decodeURIComponent(source ?? '')).toMatch(/\/game\/public\/Bär 100%#1\?\.png$/)
  expect(decodeURIComponent(best ?? '')).toMatch(/\/game\/dist\/assets\/Bär 100%-4f1c2a9b\.avif$/)
})

test('the first paint waits for what blocks it, and for nothing else', async () => {
  const { text } = await write(build())
  // Connected and asked: 600 ms. The style's first byte comes a round trip later; its 3,000 bytes share the line with the script's.
  expect(text('paint')).toContain('index.html can be painted after 780 ms')
  const free = await write(build({ documents: { 'index.html': { blocking: [], preloads: [] } } }))
  expect(free.text('paint')).toContain('can be painted after 610 ms, as soon as it is there')
})

test('pictures kept exact are told with why, those not reached with their bytes', async () => {
  const pictures = [
    picture({ name: 'maps/height.png', kind: 'data', why: 'a height map by its name' }),
    picture({ name: 'psd/hero.png', reach: 'unseen', before: 7e6 }),
  ]
  const { text } = await write(build({ pictures }))
  expect(text('exact')).toMatch(/a height map by its name[^]*maps\/height\.png/)
  expect(text('unseen')).toMatch(/1 picture of 7\.00 MB[^]*psd\/hero\.png/)
})

test('warnings and pictures whose AVIF is still to come are told', async () => {
  const { all } = await write(
    build({ pictures: [picture({ warning: 'is a JPEG, named .png' }), picture({ pending: true })] }),
  )
  const told = all('section').find(({ attribs }) => attribs['class'] === 'warnings')
  expect(told && DomUtils.innerText(told)).toMatch(/is a JPEG, named \.png[^]*1 picture is without AVIF so far/)
})

test('a build without pictures, documents and findings has a page too', async () => {
  const { text } = await write(build({ pictures: [], documents: {}, findings: [], files: [] }))
  expect(text('todo')).toContain('Nothing was found')
})
