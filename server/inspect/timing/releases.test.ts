import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Timings } from '../../middleware/timings.ts'
import { changesOf, ENOUGH } from './changes.ts'
import { Releases } from './releases.ts'

let folder: string
const said: string[] = []
beforeEach(async () => {
  said.length = 0
  folder = await mkdtemp(join(tmpdir(), 'firstframe-releases-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A process that has answered `count` requests of the village, each in about `took` milliseconds, `failed` of them in vain. */
async function ran(release: string, { count = 200, took = 20, failed = 0, instance = '3000', inside = 5 } = {}) {
  const timings = new Timings()
  for (let n = 0; n < count; n++) {
    const layers = [
      ['outer', took * (1 + (n % 10) / 50)],
      ['controller', took - 1],
      ['database', inside],
    ] as const
    timings.record('village', layers, n < failed)
  }
  const releases = new Releases({ folder, instance, release, timings, log: (line) => void said.push(line) })
  await releases.load()
  await releases.save()
  return releases
}
const changes = (releases: Releases) => changesOf(releases.current(), releases.earlier())

test('a slower release is told from the one before, with the layer that made it slower', async () => {
  await ran('one')
  const [village] = changes(await ran('two', { took: 40, inside: 25 }))
  expect(village).toMatchObject({ route: 'village', against: 'one', have: { now: 200, before: 200 } })
  expect(village?.changes.map(({ figure, verdict }) => [figure, verdict])).toEqual([
    ['p50', 'worse'],
    ['p95', 'worse'],
    ['errors', 'same'],
  ])
  expect(village?.layer?.name).toBe('database')
})

test('a quicker one is better, and one that fails more often is worse', async () => {
  await ran('one', { took: 40 })
  const [village] = changes(await ran('two', { failed: 20 }))
  expect(village?.changes.map(({ verdict }) => verdict)).toEqual(['better', 'better', 'worse'])
  expect(village?.changes[2]).toMatchObject({ before: 0, now: 0.1 })
})

test('the same again is the same', async () => {
  await ran('one', { failed: 3 })
  const [village] = changes(await ran('two', { failed: 5 }))
  expect(village?.changes.map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same'])
  expect(village?.layer).toBeUndefined()
})

test('with too few requests nothing is compared, and it says how many there were', async () => {
  await ran('one', { count: ENOUGH - 1 })
  expect(changes(await ran('two'))).toMatchObject([{ against: undefined, have: { now: 200, before: 99 }, changes: [] }])
})

test('where the last release had too few, the one before it is taken', async () => {
  await ran('one')
  await ran('two', { count: 3 })
  expect(changes(await ran('three'))[0]?.against).toBe('one')
})

test('a restart and other instances count together', async () => {
  await ran('one')
  await ran('one')
  const releases = await ran('one', { instance: '3001' })
  expect(releases.current().routes.get('village')?.count).toBe(600)
  expect(releases.earlier()).toEqual([])
})

test('a server that ends before it has begun writes over nothing', async () => {
  await ran('one')
  const early = new Releases({ folder, instance: '3000', release: 'one', timings: new Timings(), log: () => {} })
  await early.save()
  expect((await ran('one')).current().routes.get('village')?.count).toBe(400)
})

test('the last five releases are kept', async () => {
  for (let n = 1; n <= 8; n++) await ran(`release ${n}`)
  const releases = await ran('release 9')
  expect(releases.earlier().map(({ release }) => release)).toEqual(['release 8', 'release 7', 'release 6', 'release 5'])
  expect(await readdir(folder)).toHaveLength(5)
})

test.each([
  '{',
  '{"release":"one","until":1,"routes":{"a":{"count":1,"errors":0,"layers":{"outer":{"sum":1,"buckets":[9e9,1]}}}}}',
])('a file that is none is passed over and named: %s', async (text) => {
  const file = join(folder, 'one.3000.json')
  await writeFile(file, text)
  await utimes(file, 0, 0)
  const releases = await ran('two')
  expect(releases.current().routes.get('village')?.count).toBe(200)
  expect(said[0]).toContain(`${file} is not read (`)
})

test('a folder that cannot be written to is said, and the game goes on', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  folder = join(file, 'timing')
  try {
    const releases = await ran('one')
    expect(releases.current().routes.get('village')?.count).toBe(200)
    expect(said.join()).toContain(`timings of this release are not kept`)
  } finally {
    folder = join(folder, '../..')
  }
})
