import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { caches, open, sprite } from './fixture.ts'
import { inPool } from './pool.ts'
import { inRoom } from './room.ts'
import { shrink } from './shrink.ts'

test('the largest go first, and the results keep the order', async () => {
  const begun: number[] = []
  const results = await inPool(
    [3, 9, 1, 7],
    async (size) => {
      begun.push(size)
      await sleep(1)
      return size * 2
    },
    (size) => size,
  )
  expect(begun).toEqual([9, 7, 3, 1])
  expect(results).toEqual([6, 18, 2, 14])
})

test('one more runs at once than there are cores', async () => {
  let [running, most] = [0, 0]
  await inPool(
    Array.from({ length: 20 }, (_, at) => at),
    async () => {
      most = Math.max(most, ++running)
      await sleep(2)
      running--
    },
    () => 1,
  )
  expect(most).toBe(availableParallelism() + 1)
})

test('large pictures wait for each other, small ones do not, and one beyond all bounds goes alone', async () => {
  let [held, most] = [0, 0]
  const hold = (megapixels: number) =>
    inRoom(megapixels, async () => {
      held += megapixels
      most = Math.max(most, held)
      await sleep(3)
      held -= megapixels
    })
  await Promise.all([10, 10, 2, 2, 90, 1].map(hold))
  expect(most).toBe(90)
  await Promise.all([9, 9, 2, 2].map(hold))
  expect(held).toBe(0)
})

test('a batch is encoded by a process of its own, whose errors and questions come through', async () => {
  const own = caches()
  const good = await Promise.all(
    Array.from({ length: 9 }, (_, at) =>
      open(sprite(40 + at))
        .png()
        .toBuffer(),
    ),
  )
  const bad = (good[0] as Buffer).subarray(0, 400)
  const asked: string[] = []
  const results = await inPool(
    [...good, bad],
    (bytes) =>
      shrink(
        bytes,
        {
          name: 'a.png',
          avif: () => {
            asked.push('avif')
            return bytes === good[3]
          },
        },
        own,
      ).then(
        ({ picture }) => `${picture.width} ${picture.pending}`,
        // An error of this process would say what caused it.
        (error: Error) => `${error.message} ${String(error.cause)}`,
      ),
    (bytes) => bytes.length,
  )
  expect(results.slice(0, 9)).toEqual(good.map((_, at) => `${40 + at} ${at !== 3}`))
  expect(results[9]).toMatch(/^it is broken or ends too soon .* undefined$/)
  expect(asked).toHaveLength(9)
  expect(own.variants.entries.size).toBeGreaterThan(8)
})
