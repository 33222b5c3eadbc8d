import { expect, test } from 'vitest'
import { createQueue } from './queue.ts'

/** A task that runs until told to end. */
function held(started: string[], name: string) {
  let resolve: (value: string) => void = () => {}
  const promise = new Promise<string>((settle) => (resolve = settle))
  const task = () => {
    started.push(name)
    return promise
  }
  return { task, end: () => resolve(name) }
}
const settle = () => new Promise((resolve) => setTimeout(resolve))

test('no more run at once than allowed, the rest in order', async () => {
  const queue = createQueue(2)
  const started: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => held(started, name))
  const all = [a, b, c].map((one) => queue.add(one?.task ?? (async () => '')))
  expect(started).toEqual(['a', 'b'])
  expect([queue.active, queue.pending]).toEqual([2, 1])
  b?.end()
  await settle()
  expect(started).toEqual(['a', 'b', 'c'])
  a?.end()
  c?.end()
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  expect(queue.active).toBe(0)
})

test('lower lanes go first, and a lane may change while waiting', async () => {
  const queue = createQueue(1)
  const started: string[] = []
  const first = held(started, 'first')
  let lane = 2
  const run = (name: string) => async () => void started.push(name)
  const all = [
    queue.add(first.task),
    queue.add(run('idle'), { lane: 2 }),
    queue.add(run('moved'), { lane: () => lane }),
    queue.add(run('next'), { lane: 1 }),
  ]
  lane = 0
  first.end()
  await Promise.all(all)
  expect(started).toEqual(['first', 'moved', 'next', 'idle'])
})

test('an aborted task never starts and rejects with the reason', async () => {
  const queue = createQueue(1)
  const started: string[] = []
  const first = held(started, 'first')
  const abort = new AbortController()
  const running = queue.add(first.task)
  const waiting = queue.add(held(started, 'second').task, { signal: abort.signal })
  abort.abort(new Error('left'))
  await expect(waiting).rejects.toThrow('left')
  await expect(queue.add(async () => 1, { signal: abort.signal })).rejects.toThrow('left')
  first.end()
  await running
  expect(started).toEqual(['first'])
  expect(queue.pending).toBe(0)
})

test('a task that throws at once frees its place', async () => {
  const queue = createQueue(1)
  const thrown = queue.add(() => {
    throw new Error('at once')
  })
  await expect(thrown).rejects.toThrow('at once')
  expect(await queue.add(async () => 'next')).toBe('next')
})

test('a concurrency that is no number from 1 up is refused by name', () => {
  expect(() => createQueue(0)).toThrow('concurrency 0 arrived')
  expect(() => createQueue(Number.NaN)).toThrow('concurrency NaN arrived')
})
