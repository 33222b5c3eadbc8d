import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gate } from '../store/fixture.ts'
import { createBatch, NotWritten } from './batch.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

test('what comes within the wait is one write, and whoever waits is told after it', async () => {
  const writes: (readonly number[])[] = []
  const held = gate()
  const batch = createBatch<number>({
    async sink(items) {
      writes.push(items)
      await held.passed
    },
  })
  const told: string[] = []
  const one = batch.write([1]).then(() => told.push('one'))
  const other = batch.write([2, 3]).then(() => told.push('other'))
  expect(writes).toEqual([])
  await expect.poll(() => writes).toEqual([[1, 2, 3]])
  expect(told).toEqual([])
  held.open()
  await Promise.all([one, other])
  expect(told).toEqual(['one', 'other'])
})

test('what comes while a write is under way is the next one, at once, one at a time', async () => {
  const writes: (readonly number[])[] = []
  const held = gate()
  const batch = createBatch<number>({
    wait: 60_000,
    size: 10,
    async sink(items) {
      writes.push(items)
      if (writes.length === 1) await held.passed
    },
  })
  const all = numbers(0, 35).map((number) => batch.write([number]))
  expect(writes).toEqual([numbers(0, 10)])
  held.open()
  await Promise.all(all)
  expect(writes).toEqual([numbers(0, 10), numbers(10, 20), numbers(20, 30), numbers(30, 35)])
})

test('a write that fails is told to all who wait, tried again for none of them, and what nobody waits for is kept', async () => {
  const lines: string[] = []
  const written: number[] = []
  let fails = true
  const batch = createBatch<number>({
    rest: 50,
    log: (line) => lines.push(line),
    sink: async (items) => {
      if (fails) throw new Error('the disk is full')
      written.push(...items)
    },
  })
  batch.add([1])
  await expect(batch.write([2])).rejects.toThrow(new NotWritten('the sink failed: the disk is full'))
  await expect(batch.write([3])).rejects.toThrow('the sink does not answer')
  fails = false
  await expect.poll(() => written).toEqual([1])
  await batch.write([4])
  expect(written).toEqual([1, 4])
  expect(batch.dropped).toBe(0)
  expect(lines).toEqual(['events: the sink failed: the disk is full'])
})

test('nobody waits longer for a sink than the patience, and nothing more is taken until it has ended', async () => {
  const held = gate()
  const writes: (readonly number[])[] = []
  const refusals: unknown[] = []
  const send = (number: number) => batch.write([number]).catch((error: unknown) => refusals.push(error))
  const batch = createBatch<number>({
    patience: 20,
    wait: 1,
    async sink(items) {
      writes.push(items)
      if (writes.length > 1) return
      void send(2)
      await held.passed
    },
  })
  await send(1)
  await expect.poll(() => refusals.map(String)).toEqual(Array(2).fill('NotWritten: the sink takes longer than 20 ms'))
  await expect(batch.write([3])).rejects.toThrow('the sink does not answer')
  held.open()
  await expect
    .poll(() =>
      batch.write([4]).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  expect(writes).toEqual([[1], [4]])
})

test('memory is bounded: more than may wait is refused', async () => {
  const held = gate()
  const batch = createBatch<number>({ queue: 20, wait: 1, sink: () => held.passed })
  const first = batch.write(numbers(0, 15))
  await expect(batch.write(numbers(15, 25))).rejects.toThrow('more than 20 wait')
  const second = batch.write(numbers(15, 20))
  held.open()
  await Promise.all([first, second])
  await batch.write(numbers(0, 20))
})

test('while the sink is down the oldest for which nobody waits are dropped, counted and logged', async () => {
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
  expect(lines.at(-1)).toMatch(/events: 30 lost \(more than 20 waited\), 30 since the start$/)
  await batch.close()
  expect(batch.dropped).toBe(50)
  expect(lines.at(-1)).toMatch(/20 lost \(the sink failed at the end\), 50 since the start$/)
})

test('closing writes what waits; what comes later is refused, or dropped and said', async () => {
  const written: number[] = []
  const lines: string[] = []
  const batch = createBatch<number>({
    wait: 60_000,
    sink: async (items) => void written.push(...items),
    log: (line) => lines.push(line),
  })
  batch.add([1, 2])
  const waiting = batch.write([3])
  await batch.close()
  await waiting
  expect(written).toEqual([1, 2, 3])
  batch.add([4])
  expect(lines[0]).toContain('1 lost (the server is shutting down)')
  await expect(batch.write([5])).rejects.toThrow('the server is shutting down')
})
