import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GAME, writeFiles } from './fixture.ts'
import { plan } from './plan.ts'

let root: string
let dir: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'firstframe-plan-'))
  dir = path.join(root, 'dist')
  await writeFiles(dir, GAME)
})
afterAll(() => rm(root, { recursive: true }))

test('hints are the links of each document', () => {
  expect(JSON.parse(plan(dir, 'hints', '/game/'))).toEqual({
    'index.html': [
      '</game/assets/main-0123abcd.js>; rel=modulepreload',
      '</game/assets/hero-11111111.avif>; rel=preload; as=image; type="image/avif"',
    ],
    'deep/index.html': [],
  })
})

test('tags say what a file is, and of which release where another may take its name', () => {
  const tags = JSON.parse(plan(dir, 'tags', '/')) as Record<string, string[]>
  expect(tags).toMatchObject({
    'index.html': ['document', 'named', 'release-1a2b3c4d'],
    'art/hero.png': ['picture', 'named', 'release-1a2b3c4d'],
    'assets/hero-11111111.avif': ['picture', 'hashed'],
    'assets/main-0123abcd.js': ['script', 'hashed'],
    'snd/wind.wav': ['sound', 'named', 'release-1a2b3c4d'],
    'manifest.json': ['data', 'named', 'release-1a2b3c4d'],
  })
  expect(Object.keys(tags).filter((name) => /\.br$|_headers|stamp/.test(name))).toEqual([])
})

test('a folder that is no build is told from one', () => {
  expect(() => plan(root, 'headers', '/')).toThrow(
    `${root} holds no manifest.json of a build: build first, or name the built folder`,
  )
})
