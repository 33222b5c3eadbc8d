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
  const { add } = createQueue(() => 2)
  const started: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => held(started, name))
  const all = [a, b, c].map((one) => add(one?.task ?? (async () => '')))
  await settle()
  expect(started).toEqual(['a', 'b'])
  b?.end()
  await settle()
  expect(started).toEqual(['a', 'b', 'c'])
  a?.end()
  c?.end()
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
})

test('lower lanes go first, and a lane may change while waiting', async () => {
  const { add } = createQueue(() => 1)
  const started: string[] = []
  const first = held(started, 'first')
  let lane = 2
  const run = (name: string) => async () => void started.push(name)
  const all = [
    add(first.task),
    add(run('idle'), { lane: () => 2 }),
    add(run('moved'), { lane: () => lane }),
    add(run('next'), { lane: () => 1 }),
  ]
  lane = 0
  first.end()
  await Promise.all(all)
  expect(started).toEqual(['first', 'moved', 'next', 'idle'])
})

test('an aborted task never starts and rejects with the reason', async () => {
  const { add } = createQueue(() => 1)
  const started: string[] = []
  const first = held(started, 'first')
  const abort = new AbortController()
  const running = add(first.task)
  const waiting = add(held(started, 'second').task, { signal: abort.signal })
  await settle()
  abort.abort(new Error('left'))
  await expect(waiting).rejects.toThrow('left')
  await expect(add(async () => 1, { signal: abort.signal })).rejects.toThrow('left')
  first.end()
  await running
  expect(started).toEqual(['first'])
})

test('a task that throws at once frees its place', async () => {
  const { add } = createQueue(() => 1)
  const thrown = add(() => {
    throw new Error('at once')
  })
  await expect(thrown).rejects.toThrow('at once')
  expect(await add(async () => 'next')).toBe('next')
})

test('how many run at once is asked by lane, and whether more urgent ones run', async () => {
  const asked: [number, boolean][] = []
  const { add } = createQueue((lane, beside) => {
    asked.push([lane, beside])
    return lane === 0 ? 2 : 1
  })
  const started: string[] = []
  const [urgent, idle, other] = ['urgent', 'idle', 'other'].map((name) => held(started, name))
  if (!urgent || !idle || !other) throw new Error('three were made')
  const all = [add(urgent.task), add(idle.task, { lane: () => 2 }), add(other.task)]
  await settle()
  expect(started).toEqual(['urgent', 'other'])
  expect(asked).toEqual([
    [0, false],
    [0, false],
    [2, true],
  ])
  urgent.end()
  other.end()
  await settle()
  expect(started).toEqual(['urgent', 'other', 'idle'])
  idle.end()
  await Promise.all(all)
})

test('where only less urgent ones run, one starts though there is no room', async () => {
  const { add } = createQueue(() => 1)
  const started: string[] = []
  const [idle, urgent, other] = ['idle', 'urgent', 'other'].map((name) => held(started, name))
  if (!idle || !urgent || !other) throw new Error('three were made')
  const all = [add(idle.task, { lane: () => 2 })]
  await settle()
  all.push(add(urgent.task), add(other.task))
  await settle()
  expect(started).toEqual(['idle', 'urgent'])
  for (const one of [urgent, idle, other]) {
    one.end()
    await settle()
  }
  expect(started).toEqual(['idle', 'urgent', 'other'])
  await Promise.all(all)
})

test('a lane that changes lets a task start once the queue looks again', async () => {
  const { add, next } = createQueue((lane) => 2 - lane)
  const started: string[] = []
  const [first, moved] = ['first', 'moved'].map((name) => held(started, name))
  if (!first || !moved) throw new Error('two were made')
  let lane = 1
  const all = [add(first.task), add(moved.task, { lane: () => lane })]
  await settle()
  expect(started).toEqual(['first'])
  lane = 0
  next()
  await settle()
  expect(started).toEqual(['first', 'moved'])
  first.end()
  moved.end()
  await Promise.all(all)
})

test('a task aborted while it runs rejects at once and keeps its place until it ends', async () => {
  const { add } = createQueue(() => 1)
  const started: string[] = []
  const [first, second] = ['first', 'second'].map((name) => held(started, name))
  if (!first || !second) throw new Error('two were made')
  const abort = new AbortController()
  const running = add(first.task, { signal: abort.signal })
  const waiting = add(second.task)
  await settle()
  abort.abort(new Error('left'))
  await expect(running).rejects.toThrow('left')
  expect(started).toEqual(['first'])
  first.end()
  await settle()
  expect(started).toEqual(['first', 'second'])
  second.end()
  await waiting
})
