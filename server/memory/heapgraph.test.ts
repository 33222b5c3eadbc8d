import { Readable } from 'node:stream'
import { getHeapSnapshot } from 'node:v8'
import { beforeAll, expect, test } from 'vitest'
import { type HeapGraph, readHeapSnapshot } from './heapgraph.ts'

class FirstframeLeaf {
  value = Math.random()
}
class FirstframeKeeper {
  readonly rows = new Map<number, FirstframeLeaf>()
}
const keeper = new FirstframeKeeper()
const remembered: FirstframeLeaf[] = []
const remember = () => remembered

let bytes: Buffer
let graph: HeapGraph
beforeAll(async () => {
  for (let n = 0; n < 500; n++) keeper.rows.set(n, new FirstframeLeaf())
  for (let n = 0; n < 200; n++) remember().push(new FirstframeLeaf())
  bytes = Buffer.concat((await getHeapSnapshot().toArray()) as Buffer[])
  graph = await readHeapSnapshot(Readable.from([bytes]))
})

test('counts what there is by type', () => {
  const leaf = graph.types().find(({ type }) => type === 'FirstframeLeaf')
  expect(leaf?.count).toBe(700)
  expect(leaf?.size).toBeGreaterThan(700 * 8)
})

test('its counts are those of the file', () => {
  interface File {
    snapshot: { node_count: number; meta: { node_fields: string[] } }
    nodes: number[]
  }
  const { snapshot, nodes } = JSON.parse(bytes.toString()) as File
  const { node_fields } = snapshot.meta
  const at = node_fields.indexOf('self_size')
  const size = nodes.reduce((sum, value, index) => sum + (index % node_fields.length === at ? value : 0), 0)
  expect(graph.types().reduce((sum, { count }) => sum + count, 0)).toBe(snapshot.node_count)
  expect(graph.types().reduce((sum, one) => sum + one.size, 0)).toBe(size)
})

test('says who holds the objects of a type', () => {
  const [first, second] = graph.retainers('FirstframeLeaf')
  expect(first?.path.slice(0, 3)).toEqual(['[] in (array)', 'table in Map', 'rows in FirstframeKeeper'])
  // One or two may stand on the stack besides, which is a shorter way.
  expect(first?.count).toBeGreaterThan(495)
  expect(second?.path[0]).toBe('[] in Array')
  expect(second?.count).toBeGreaterThan(195)
  expect(graph.retainers('NoSuchType')).toEqual([])
})

test.each([1, 7, 4096])('reads the same however the file is cut (%i bytes)', async (length) => {
  // The first part has the turn from head to numbers in it; a byte at a time for all of it would take minutes.
  const cut = Math.min(bytes.length, length * 4096)
  function* parts() {
    for (let at = 0; at < cut; at += length) yield bytes.subarray(at, Math.min(at + length, cut))
    yield bytes.subarray(cut)
  }
  const again = await readHeapSnapshot(Readable.from(parts()))
  expect(again.types()).toEqual(graph.types())
})

test('what is no heap snapshot is refused in words', async () => {
  await expect(readHeapSnapshot(Readable.from([Buffer.from('{"nodes": 3}')]))).rejects.toThrow(
    'heap snapshot: expected nodes, edges and strings',
  )
})
