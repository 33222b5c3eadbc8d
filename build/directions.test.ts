import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { violations } from './directions.ts'

const ROOT = path.join(import.meta.dirname, '..')

const wrongIn = (files: Record<string, string>): string[] => violations(new Map(Object.entries(files)))

test('the whole house keeps its directions', () => {
  const names = globSync('{client,server,build,cdn,e2e}/**/*.ts', {
    cwd: ROOT,
    exclude: ['**/node_modules/**', '**/.out/**'],
  })
  expect(names.length).toBeGreaterThan(50)
  expect(violations(new Map(names.map((name) => [name, readFileSync(path.join(ROOT, name), 'utf8')])))).toEqual([])
})

test.each([
  ['wire imports a package', 'server/wire/a.ts', `import 'node:fs'`, 'wire imports nothing'],
  ['wire imports a type of the server', 'server/wire/a.ts', `import type { B } from '../b.ts'`, 'wire imports nothing'],
  [
    'rules import the store',
    'server/game/rules/a.ts',
    `import { b } from '../../store/b.ts'`,
    'rules import only rules',
  ],
  [
    'rules import the clock',
    'server/game/rules/a.ts',
    `import { hrtime } from 'node:process'`,
    'rules import only rules',
  ],
  ['client imports server', 'client/runtime/a.ts', `import type { B } from '../../server/store/b.ts'`, 'never server'],
  ['server imports cdn', 'server/app.ts', `export { b } from '../cdn/b.ts'`, 'never cdn'],
  ['cdn imports build', 'cdn/a.ts', `void import('../build/b.ts')`, 'never build'],
  ['build imports client in a type', 'build/a.ts', `type B = import('../client/runtime/b.ts').B`, 'never client'],
  [
    'a runtime file imports rules',
    'client/runtime/a.ts',
    `import { b } from '../../server/game/rules/b.ts'`,
    'the kit never imports the game',
  ],
  [
    'the kit imports the game',
    'server/app.ts',
    `import type { Game } from './game/game.ts'`,
    'the kit never imports the game',
  ],
  ['a room imports its own barrel', 'build/plugins/a.ts', `import { b } from '../index.ts'`, 'not the room’s barrel'],
  [
    'e2e imports code of wire',
    'e2e/kit/a.ts',
    `import { parseBeacon } from '../../server/wire/beacon.ts'`,
    'it may import types from wire',
  ],
  [
    'e2e imports a type of the server',
    'e2e/kit/a.ts',
    `import type { A } from '../../server/app.ts'`,
    'it may import types from wire',
  ],
])('%s: told with file and line', (_name, file, code, words) => {
  const told = wrongIn({ [file]: `// a first line\n${code}` })
  expect(told.join('\n')).toContain(words)
  expect(told[0]).toMatch(new RegExp(`^${file}:2 imports `))
})

test('a circle is told, also one of types', () => {
  expect(
    wrongIn({ 'build/a.ts': `import type { B } from './b.ts'`, 'build/b.ts': `import { a } from './a.ts'` }),
  ).toEqual(['build/b.ts:1 imports "./a.ts": a circle: build/a.ts -> build/b.ts -> build/a.ts'])
})

test('a second file at an edge is told', () => {
  const use = `import sharp from 'sharp'`
  expect(wrongIn({ 'build/a.ts': use, 'build/b.ts': use, 'build/c.test.ts': use })).toEqual([
    'build/b.ts:1 imports "sharp": one file knows a library at an edge, and build/a.ts does already',
  ])
})

test('what the directions allow is not told', () => {
  expect(
    wrongIn({
      'server/main.ts': `import '../cdn/origin.ts'\nimport './game/game.ts'`,
      'client/game/a.ts': `import { b } from '../../server/game/rules/b.ts'\nimport '../runtime/c.ts'`,
      'server/game/rules/b.ts': `import { d } from './data/d.ts'`,
      'cdn/e.ts': `import type { Manifest } from '../server/wire/manifest.ts'\nimport 'node:fs'`,
      'e2e/f.ts': `import type { Beacon } from '../server/wire/beacon.ts'`,
    }),
  ).toEqual([])
})

test('code that does not parse is named', () => {
  expect(() => wrongIn({ 'build/a.ts': 'import from' })).toThrow(/^build\/a\.ts: /)
})
