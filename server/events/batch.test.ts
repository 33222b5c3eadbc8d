import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBatch } from './batch.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

test('what comes within the wait is one write', async () => {
  const writes: (readonly number[])[] = []
  const batch = createBatch<number>({ sink: async (items) => void writes.push(items), wait: 50 })
  batch.add([1])
  batch.add([2, 3])
  expect(writes).toEqual([])
  await expect.poll(() => writes).toEqual([[1, 2, 3]])
  await batch.close()
  expect(writes).toHaveLength(1)
})

test('a full batch is written at once, in pieces of its size, in order, one at a time', async () => {
  const writes: (readonly number[])[] = []
  let atOnce = 0
  let most = 0
  const batch = createBatch<number>({
    size: 10,
    wait: 60_000,
    async sink(items) {
      most = Math.max(most, ++atOnce)
      await sleep(5)
      writes.push(items)
      atOnce--
    },
  })
  for (let i = 0; i < 35; i++) batch.add([i])
  await expect.poll(() => writes.flat().length).toBeGreaterThanOrEqual(30)
  await batch.flush()
  expect(writes.flat()).toEqual(numbers(0, 35))
  expect(Math.max(...writes.map((items) => items.length))).toBe(10)
  expect(most).toBe(1)
})

test('a sink that fails is tried again, and nothing is lost or doubled', async () => {
  const written: number[] = []
  let fails = 3
  const batch = createBatch<number>({
    size: 2,
    wait: 10,
    log: () => {},
    sink: async (items) => {
      if (fails-- > 0) throw new Error('database is locked')
      written.push(...items)
    },
  })
  batch.add([1, 2, 3])
  await expect.poll(() => written).toEqual([1, 2, 3])
  expect(batch.dropped).toBe(0)
  await batch.close()
})

test('while the sink is down memory is bounded: the oldest are dropped, counted and logged', async () => {
  const lines: string[] = []
  const batch = createBatch<number>({
    size: 10,
    queue: 20,
    wait: 60_000,
    log: (line) => lines.push(line),
    sink: () => Promise.reject(new Error('disk is full')),
  })
  batch.add(numbers(0, 15))
  await sleep(10)
  batch.add(numbers(15, 50))
  expect(batch.dropped).toBe(30)
  expect(lines[0]).toMatch(/events: 30 lost \(more than 20 waited\), 30 since the start$/)
  await batch.close()
  expect(batch.dropped).toBe(50)
  expect(lines[1]).toMatch(/20 lost \(the sink failed at the end\), 50 since the start$/)
})

test('closing writes what waits; what comes later is dropped and said', async () => {
  const written: number[] = []
  const lines: string[] = []
  const batch = createBatch<number>({
    sink: async (items) => void written.push(...items),
    log: (line) => lines.push(line),
  })
  batch.add([1, 2])
  await batch.close()
  expect(written).toEqual([1, 2])
  batch.add([3])
  expect(lines[0]).toContain('1 lost (the server is shutting down)')
})
