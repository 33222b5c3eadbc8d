import { expect, test } from 'vitest'
import { createLanes } from './pictures.ts'

test('a picture gets the bytes of the request that began nearest to it and had ended before it', () => {
  const lanes = createLanes()
  lanes.fetched({ start: 100, end: 180, bytes: 5000 })
  lanes.fetched({ start: 101, end: 400, bytes: 7000 })
  lanes.shown({ start: 100, end: 200, lane: 0 })
  lanes.shown({ start: 100, end: 420, lane: 2 })
  expect(lanes.rows()).toEqual([
    { lane: 0, count: 1, bytes: 5000, p75: 100, slowest: 100 },
    { lane: 2, count: 1, bytes: 7000, p75: 320, slowest: 320 },
  ])
})

test('one from the memory cache has no request, and takes nobody else’s', () => {
  const lanes = createLanes()
  lanes.shown({ start: 10, end: 12, lane: 1 })
  lanes.fetched({ start: 50, end: 90, bytes: 900 })
  expect(lanes.rows()).toEqual([
    { lane: 0, count: 1, bytes: 900, p75: 40, slowest: 40 },
    { lane: 1, count: 1, bytes: 0, p75: 2, slowest: 2 },
  ])
})

test('three of four are as quick as p75', () => {
  const lanes = createLanes()
  for (const end of [40, 10, 30, 20]) lanes.shown({ start: 0, end, lane: 1 })
  expect(lanes.rows()).toMatchObject([{ lane: 1, count: 4, p75: 30, slowest: 40 }])
  lanes.clear()
  expect(lanes.rows()).toEqual([])
})
