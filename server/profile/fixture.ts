import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cachegrindOf, cpuProfileOf, speedscopeOf } from './exports.ts'
import { createProfiler, type Start } from './profiler.ts'

// A program to profile: a server with two routes, of which one is slow, and a function that calls itself. Told what to measure; says what was found.

export function slow(): number {
  let sum = 0
  for (let n = 0; n < 4_000_000; n++) sum += Math.sqrt(n)
  return sum
}
export function quick(): number {
  let sum = 0
  for (let n = 0; n < 400_000; n++) sum += Math.cbrt(n)
  return sum
}
export const deep = (left: number): number => (left > 0 ? deep(left - 1) : slow())
export function firstOnly(): number {
  return slow() + slow()
}
const kept: number[][] = []
export const leak = (): void => void kept.push(Array.from({ length: 50_000 }, (_, n) => n * 1.5))

const { requests, ...what } = JSON.parse(process.argv[2] ?? '') as Start & { requests: string[] }
const flush = process.argv[3]
const profiler = createProfiler({ base: import.meta.dirname, ...(flush !== undefined && { flush }) })
let served = 0
const server = createServer((req, res) => {
  const leave = profiler.enter({ controller: (req.url ?? '').slice(1) })
  const work = { '/slow': slow, '/quick': quick, '/deep': () => deep(5), '/leak': leak }[req.url ?? '']
  // The stack of who asked is lost here, as at every await.
  setImmediate(() => {
    if (served++ === 0) firstOnly()
    work?.()
    leave()
    res.end()
  })
})
server.listen(0, '127.0.0.1', () => void main())

async function main(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const ask = (names: readonly string[]) => Promise.all(names.map(async (name) => (await fetch(url + name)).text()))
  await profiler.start(what)
  await ask(['quick'])
  await ask(requests)
  await profiler.stop()
  await ask(requests)
  await profiler.start(what)
  await ask(requests)
  const { tree, rows, requests: ended, unit } = await profiler.read()
  await profiler.close()
  server.close()
  const name = 'fixture'
  const cachegrind = cachegrindOf(tree, { name, unit })
  console.log(
    JSON.stringify({
      rows,
      ended,
      whole: tree.whole,
      cachegrind,
      cpuprofile: cpuProfileOf(tree),
      speedscope: speedscopeOf(tree, { name, unit }),
    }),
  )
}
