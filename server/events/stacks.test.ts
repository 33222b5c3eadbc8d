import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testMaps } from './fixture.ts'
import { createStacks } from './stacks.ts'

const RELEASE = '0123456789ab'
const SCRIPT = 'main-4f1c2a9b.js'
const SOURCE = 'client/game/main.ts'
const URL_OF = `https://game.example/assets/${SCRIPT}`

function kept() {
  const maps = testMaps()
  maps.keep(RELEASE, SCRIPT, SOURCE)
  return { ...maps, stacks: createStacks(maps.dir), [Symbol.dispose]: maps[Symbol.dispose] }
}

test.each([
  ['Chromium', `TypeError: of two\nlines\n    at t (${URL_OF}:1:11)\n    at async ${URL_OF}:1:3`],
  ['Firefox', `t@${URL_OF}:1:11\nasync*@${URL_OF}:1:3\n`],
  ['WebKit', `t@${URL_OF}:1:11\n@${URL_OF}:1:3`],
])('a stack of %s is told in lines of the source', async (_browser, stack) => {
  using maps = kept()
  const frames = await maps.stacks.read(RELEASE, stack)
  expect(frames.map(({ place }) => place)).toEqual([`${SOURCE}:6:3`, `${SOURCE}:5:1`])
  expect(frames[0]?.text).toBe(
    stack
      .split('\n')
      .find((line) => line.includes(':1:11'))
      ?.trim(),
  )
})

test('a script is known by its name, whatever it was served from', async () => {
  using maps = kept()
  for (const url of [`http://localhost:3000/assets/${SCRIPT}`, `https://cdn.example/emberwood/${SCRIPT}?v=1#a`])
    expect(await maps.stacks.read(RELEASE, `at ${url}:1:11`)).toMatchObject([{ place: `${SOURCE}:6:3` }])
})

test('a stack of a release whose maps are not kept stays as it came', async () => {
  using maps = kept()
  const line = `at t (${URL_OF}:1:11)`
  expect(await maps.stacks.read('aaaaaaaaaaaa', line)).toEqual([{ text: line }])
  expect([await maps.stacks.knows('aaaaaaaaaaaa'), await maps.stacks.knows(RELEASE)]).toEqual([false, true])
})

test('a release that is built while the server runs is known from then on', async () => {
  using maps = kept()
  expect(await maps.stacks.knows('bbbbbbbbbbbb')).toBe(false)
  maps.keep('bbbbbbbbbbbb', SCRIPT, 'client/game/later.ts')
  expect(await maps.stacks.read('bbbbbbbbbbbb', `@${URL_OF}:1:1`)).toMatchObject([
    { place: 'client/game/later.ts:5:1' },
  ])
})

test('without a folder of maps nothing is known, and nothing fails', async () => {
  const stacks = createStacks('/nowhere/at/all')
  expect(await stacks.read(RELEASE, `@${URL_OF}:1:1`)).toEqual([{ text: `@${URL_OF}:1:1` }])
})

test('a map that is none leaves the line as it came', async () => {
  using maps = kept()
  writeFileSync(join(maps.dir, RELEASE, 'assets', 'broken-00000000.js.map'), '{')
  const line = '@https://game.example/assets/broken-00000000.js:1:1'
  expect(await maps.stacks.read(RELEASE, line)).toEqual([{ text: line }])
})

test.each([
  ['another’s script', '@https://evil.example/ad.js:1:11'],
  ['a name without a hash', '@https://game.example/worker.js:1:11'],
  ['a way out of the folder', '@https://game.example/assets/../../../secret-4f1c2a9b.js:1:11'],
  ['an encoded way out', '@https://game.example/%2e%2e%2f%2e%2e%2fsecret-4f1c2a9b.js:1:11'],
  ['a way out behind a zero', '@https://game.example/\0../secret-4f1c2a9b.js:1:11'],
  ['no URL', `@file:///${SCRIPT}:1:11`],
  ['a broken URL', `@https://[:::]/${SCRIPT}:1:11`],
  ['a line beyond the script', `@${URL_OF}:9999999:11`],
  ['line and column of zero', `@${URL_OF}:0:0`],
  ['markup', '<img src=x onerror=alert(1)>'],
])('%s stays as it came', async (_what, line) => {
  using maps = kept()
  // What a way out would lead to is there.
  maps.keep('secret', 'secret-4f1c2a9b.js', 'secret.ts')
  copyFileSync(join(maps.dir, 'secret/assets/secret-4f1c2a9b.js.map'), join(maps.dir, 'secret-4f1c2a9b.js.map'))
  expect(await maps.stacks.read(RELEASE, line)).toEqual([{ text: line }])
})

test.each(['secret', '..', '.', '', '../..', `../${RELEASE}`, `${RELEASE}/`, `${RELEASE}\0`, '__proto__'])(
  'a release %j is none',
  async (release) => {
    using maps = kept()
    maps.keep('secret', SCRIPT, 'secret.ts')
    expect(await maps.stacks.knows(release)).toBe(false)
    expect(await maps.stacks.read(release, `@${URL_OF}:1:11`)).toEqual([{ text: `@${URL_OF}:1:11` }])
  },
)

test('however long a stack is, little of it is looked at', async () => {
  using maps = kept()
  const { stacks } = maps
  expect(await stacks.read(RELEASE, 'x'.repeat(10_000))).toEqual([{ text: 'x'.repeat(300) }])
  expect(await stacks.read(RELEASE, `@${URL_OF}:1:1\n`.repeat(10_000))).toHaveLength(30)
  // What a pattern that goes back and forth would take for ever to refuse.
  for (const evil of [
    ':1'.repeat(50_000),
    ':1:1)'.repeat(20_000),
    ' '.repeat(100_000),
    'https://'.repeat(20_000),
    '@'.repeat(50_000),
  ])
    for (const { text, place } of await stacks.read(RELEASE, `${evil}x`)) {
      expect(place).toBeUndefined()
      expect(text.length).toBeLessThanOrEqual(300)
    }
})
