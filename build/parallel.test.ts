import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inParallel } from './parallel.ts'

test('never more at once than the limit, and the results in order', async () => {
  let running = 0
  let most = 0
  const results = await inParallel(
    [30, 5, 20, 1, 10],
    async (ms) => {
      most = Math.max(most, ++running)
      await sleep(ms)
      running--
      return ms * 2
    },
    2,
  )
  expect(most).toBe(2)
  expect(results).toEqual([60, 10, 40, 2, 20])
})

test('after a failure nothing more is begun, and what runs has ended when it is thrown', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const work = async (item: number): Promise<void> => {
    begun.push(item)
    await sleep(item === 1 ? 20 : 1)
    if (item === 2) throw new Error('two')
    ended.push(item)
  }
  await expect(inParallel([1, 2, 3, 4], work, 2)).rejects.toThrow('two')
  expect(begun).toEqual([1, 2])
  expect(ended).toEqual([1])
})
