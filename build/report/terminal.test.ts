import { expect, test } from 'vitest'
import type { Finding } from '../doctor/finding.ts'
import { groupOf, type Group } from './data.ts'
import { build, picture } from './fixture.ts'
import { tellReport } from './terminal.ts'

const finding = (id: string, ms: number): Finding => ({
  id,
  where: `${id}.js`,
  bytes: 0,
  ms,
  what: `What ${id} is, in a sentence that goes on for longer than any terminal of a hundred columns has room for.`,
  todo: `What to do about ${id}.`,
})
const lines = (told: string): string[] => told.trimEnd().split('\n')

test('each group stands in a line: pictures as what is sent in their place, all else as it lies there and as it is sent', () => {
  const told = tellReport(build(), 'report/index.html', false)
  expect(told).toMatch(/^release 2e376c2bf339 in 3\.20 s, 3 encodings made\n/)
  expect(told).toMatch(/pictures +1 +100 kB +20\.0 kB\n/)
  expect(told).toMatch(/scripts +1 +90\.0 kB +30\.0 kB\n/)
  expect(told).toMatch(/styles +1 +9\.00 kB +3\.00 kB\n/)
  expect(lines(told).at(-1)).toBe('report: report/index.html')
})

test('pictures that nothing names do not count', () => {
  const unseen = picture({ name: 'source.png', reach: 'unseen', before: 9e6, after: 9e6 })
  expect(tellReport(build({ pictures: [picture(), unseen] }), 'r', false)).toMatch(/pictures +1 +100 kB/)
})

test('the worst three findings follow, with what to do about them', () => {
  const findings = [finding('second', 200), finding('fourth', 10), finding('first', 4000), finding('third', 90)]
  const told = tellReport(build({ findings }), 'r', false)
  expect(told).toMatch(/4\.00 s {2}first\.js: [^]*200 ms {2}second\.js: [^]*90 ms {2}third\.js: /)
  expect(told).toContain('What to do about first.')
  expect(told).not.toContain('fourth')
})

test('findings that cost no player a moment are for the page', () => {
  expect(tellReport(build({ findings: [finding('host', 0)] }), 'r', false)).not.toContain('host')
})

test('the whole is at most 16 lines of 100 columns, whatever was built', () => {
  const groups: Group[] = ['scripts', 'styles', 'fonts', 'sound', 'video', 'models', 'documents', 'data', 'maps']
  const files = groups.map((group, at) => ({ path: `file${at}`, bytes: 1000 + at, group }))
  const findings = ['a', 'b', 'c', 'd'].map((id) => finding(id, 100))
  const told = lines(tellReport(build({ files, findings }), 'report/index.html', false))
  expect(told.length).toBeLessThanOrEqual(16)
  for (const line of told) expect(line.length).toBeLessThanOrEqual(100)
  expect(told.join('\n')).toMatch(/others +5 /)
})

test('colours are for a terminal alone', () => {
  const reported = build({ findings: [finding('slow', 100)] })
  expect(tellReport(reported, 'r', false)).not.toContain('\u001B[')
  expect(tellReport(reported, 'r', true)).toContain('\u001B[')
})

test.each([
  ['art/hero.PNG', 'pictures'],
  ['a.b/engine.wasm', 'scripts'],
  ['assets/icon-1a2b3c4d.svg', 'drawings'],
  ['sky.hdr', 'models'],
  ['level', 'data'],
  ['.htaccess', 'data'],
])('%s belongs to the %s', (file, group) => {
  expect(groupOf(file)).toBe(group)
})
