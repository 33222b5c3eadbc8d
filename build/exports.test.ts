import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { publishedPackage } from './kit.ts'

const ROOT = path.join(import.meta.dirname, '..')
type Package = Parameters<typeof publishedPackage>[0]
const source = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Package

const doors = Object.entries(source.exports).filter(([, file]) => file.endsWith('.ts'))
const forBrowsers = doors.filter(([, file]) => file.startsWith('./client/'))
const forNode = doors.filter(([, file]) => !file.startsWith('./client/'))

test('there are doors to every room', () => {
  const rooms = new Set(doors.map(([, file]) => file.split('/')[1]))
  expect(rooms).toEqual(new Set(['build', 'cdn', 'client', 'server']))
  expect(doors.filter(([, file]) => file.includes('/game/'))).toEqual([])
})

test.each(forNode)('%s opens in Node', async (_door, file) => {
  await expect(import(path.join(ROOT, file))).resolves.toBeTypeOf('object')
})

test.each(forBrowsers)('%s opens in a bundle for browsers', async (_door, file) => {
  const precache = {
    name: 'precache',
    resolveId: (id: string) => (id.startsWith('virtual:') ? `\0${id}` : undefined),
    load: (id: string) => (id.startsWith('\0virtual:') ? 'export default { release: "r", shell: [] }' : undefined),
  }
  const input = path.join(ROOT, file)
  const options = { write: false, rolldownOptions: { input, preserveEntrySignatures: 'strict' as const } }
  await expect(
    build({ configFile: false, logLevel: 'silent', plugins: [precache], build: options }),
  ).resolves.toBeDefined()
})

test('what is published leads to JavaScript and types, and carries nothing that only the project needs', () => {
  const published = publishedPackage(source)
  expect(published['exports']).toMatchObject({ '.': { types: './build/index.d.ts', default: './build/index.js' } })
  expect(published['bin']).toEqual({ firstframe: 'build/cli.js' })
  expect(JSON.stringify(published['exports'])).not.toMatch(/(?<!\.d)\.ts"/)
  expect(published['files']).toEqual(['build', 'cdn', 'client', 'server'])
  for (const field of ['scripts', 'devDependencies', 'optionalDependencies'])
    expect(published).not.toHaveProperty(field)
})
