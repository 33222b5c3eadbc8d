import { expect, test } from 'vitest'
import type { CpuProfile } from './cpuprofile.ts'
import { compare, rowsOf } from './table.ts'
import { CallTree } from './tree.ts'

const frame = (functionName: string, lineNumber = 0) => ({
  functionName,
  scriptId: '1',
  url: functionName.startsWith('(') ? '' : '/game.js',
  lineNumber,
  columnNumber: 0,
})

/** main -> eat -> chew, main -> chew, and idle; each sample lasts 10 µs. */
const profile = (samples: number[]): CpuProfile => ({
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 6] },
    { id: 2, callFrame: frame('main'), children: [3, 5] },
    { id: 3, callFrame: frame('eat', 10), children: [4] },
    { id: 4, callFrame: frame('chew', 20) },
    { id: 5, callFrame: frame('chew', 20) },
    { id: 6, callFrame: frame('(idle)') },
  ],
  startTime: 1000,
  endTime: 1000 + 10 * samples.length,
  samples,
  timeDeltas: samples.map((_, index) => (index === 0 ? 0 : 10)),
})
const table = (tree: CallTree) => Object.fromEntries(rowsOf(tree).map(({ name, own, whole }) => [name, [own, whole]]))

test('own and whole times add up over all ways to a function, and idle time is nobody’s', () => {
  const tree = new CallTree()
  tree.add(profile([4, 4, 5, 3, 2, 6, 6, 6]))
  expect(table(tree)).toEqual({ main: [10, 50], eat: [10, 30], chew: [30, 30] })
  expect(tree.whole).toBe(50)
})

test('profiles add up', () => {
  const tree = new CallTree()
  tree.add(profile([4, 2]))
  tree.add(profile([4, 2]))
  expect(table(tree)).toEqual({ main: [20, 40], eat: [0, 20], chew: [20, 20] })
})

test('samples can be left out by their time', () => {
  const tree = new CallTree()
  tree.add(profile([4, 2, 2]), (at) => at >= 1010)
  expect(table(tree)).toEqual({ main: [20, 20] })
})

test('two places of a bundle that are one of the source are one', () => {
  const tree = new CallTree((place) => (place.name === 'eat' ? { ...place, name: 'chew', line: 21 } : place))
  tree.add(profile([4, 3, 2]))
  expect(table(tree)).toEqual({ main: [10, 30], chew: [20, 20] })
})

test('profiles of different lengths are compared by shares, the largest change first', () => {
  const [before, after] = [new CallTree(), new CallTree()]
  before.add(profile([2, 2, 2, 4]))
  after.add(profile([2, 4, 4, 4, 2, 4, 4, 4]))
  expect(compare(before, after).map(({ name, before, after }) => [name, before, after])).toEqual([
    ['main', 0.75, 0.25],
    ['chew', 0.25, 0.75],
  ])
})
