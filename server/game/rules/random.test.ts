import { expect, test } from 'vitest'
import { random } from './random.ts'

test('the same seed gives the same stream, another seed another', () => {
  const stream = (seed: string) => Array.from({ length: 5 }, random(seed).next)
  expect(stream('a')).toEqual(stream('a'))
  expect(stream('a')).not.toEqual(stream('b'))
})

test('a hundred thousand seeds that differ in one digit do not meet', () => {
  const firsts = new Set(
    Array.from({ length: 100_000 }, (_, index) => {
      const { next } = random(`crowd ${index}`)
      return `${next()} ${next()}`
    }),
  )
  expect(firsts.size).toBe(100_000)
})

test('numbers fill the range evenly, both ends included', () => {
  const chance = random('even')
  const counts = [0, 0, 0, 0, 0]
  for (let index = 0; index < 50_000; index++) {
    const at = chance.between(3, 7) - 3
    counts[at] = (counts[at] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('the first number over many seeds is as even as one stream', () => {
  const low = Array.from({ length: 20_000 }, (_, index) => random(`salt player ${index}`).next()).filter(
    (value) => value < 0.1,
  )
  expect(Math.abs(low.length - 2000)).toBeLessThan(200)
})

test('picking from nothing is refused', () => {
  expect(() => random('x').pick([])).toThrow('expected a list with entries')
})
