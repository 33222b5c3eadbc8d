import type { CpuNode, CpuProfile } from './cpuprofile.ts'
import { type Call, type CallTree, type Place, totals, walk } from './tree.ts'

/** What a profile is measured in. */
export type Unit = 'microseconds' | 'bytes'

/** For Chrome's performance panel and every reader of V8's form. Each call is one sample, as long as its own time. */
export function cpuProfileOf({ root, places }: CallTree): CpuProfile {
  const ids = new Map<Call, number>()
  for (const { call } of walk(root)) ids.set(call, ids.size + 1)
  const samples: number[] = []
  // Each sample's time is the next one's delta, as V8 has it.
  const timeDeltas = [0]
  const nodes = Array.from(ids, ([call, id]): CpuNode => {
    const { name, file, line, column } = places[call.place] as Place
    if (call.own > 0) {
      samples.push(id)
      timeDeltas.push(Math.round(call.own))
    }
    return {
      id,
      callFrame: { functionName: name, scriptId: '0', url: file, lineNumber: line - 1, columnNumber: column - 1 },
      hitCount: call.own > 0 ? 1 : 0,
      children: Array.from(call.below.values(), (below) => ids.get(below) as number),
    }
  })
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0)
  return { nodes, startTime: 0, endTime, samples, timeDeltas: timeDeltas.slice(0, samples.length) }
}

/** https://www.speedscope.app/file-format-schema.json */
export function speedscopeOf({ root, places, whole }: CallTree, { name, unit }: { name: string; unit: Unit }): object {
  const samples: number[][] = []
  const weights: number[] = []
  for (const { call, above } of walk(root)) {
    if (call.own === 0) continue
    samples.push([...above.slice(1), call].map(({ place }) => place))
    weights.push(call.own)
  }
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter: 'firstframe',
    activeProfileIndex: 0,
    shared: {
      frames: places.map(({ name, file, line, column }) => ({ name, ...(file && { file, line, col: column }) })),
    },
    profiles: [{ type: 'sampled', name, unit, startValue: 0, endValue: whole, samples, weights }],
  }
}

/**
 * For KCachegrind and `callgrind_annotate`: what each function took by itself, and each that it called with all below. Sampling knows no number of
 * calls: every way that led to one counts as a call.
 *
 * https://valgrind.org/docs/manual/cl-format.html
 */
export function cachegrindOf({ root, places, whole }: CallTree, { name, unit }: { name: string; unit: Unit }): string {
  const own = new Map<number, number>()
  const calls = new Map<number, Map<number, { times: number; whole: number }>>()
  const all = totals(root)
  for (const { call, above } of walk(root)) {
    own.set(call.place, (own.get(call.place) ?? 0) + call.own)
    const caller = above.at(-1)
    if (!caller) continue
    const called = calls.get(caller.place) ?? new Map<number, { times: number; whole: number }>()
    calls.set(caller.place, called)
    const edge = called.get(call.place) ?? { times: 0, whole: 0 }
    called.set(call.place, edge)
    edge.times++
    // Below itself it is counted already.
    const isWithin = above.some(({ place }, depth) => place === call.place && above[depth - 1]?.place === caller.place)
    if (!isWithin) edge.whole += all.get(call) ?? 0
  }
  const lines = [
    '# callgrind format',
    'version: 1',
    'creator: firstframe',
    `cmd: ${oneLine(name)}`,
    'positions: line',
    `event: Cost : ${unit}`,
    'events: Cost',
    `summary: ${Math.round(whole)}`,
  ]
  const named = new Set<string>()
  /** A name in full the first time, its number from then on. */
  const say = (key: string, kind: 'file' | 'function', number: number, text: string) => {
    const isNew = !named.has(`${kind} ${number}`)
    named.add(`${kind} ${number}`)
    return `${key}=(${number})${isNew ? ` ${oneLine(text)}` : ''}`
  }
  const files = new Map<string, number>()
  const fileOf = ({ file }: Place) => {
    const number = files.get(file) ?? files.size + 1
    files.set(file, number)
    return number
  }
  for (const [index, place] of places.entries()) {
    const cost = own.get(index)
    if (cost === undefined) continue
    lines.push(
      '',
      say('fl', 'file', fileOf(place), place.file || '(engine)'),
      say('fn', 'function', index + 1, place.name),
      `${place.line} ${Math.round(cost)}`,
    )
    for (const [callee, edge] of calls.get(index) ?? []) {
      const to = places[callee] as Place
      lines.push(
        say('cfl', 'file', fileOf(to), to.file || '(engine)'),
        say('cfn', 'function', callee + 1, to.name),
        `calls=${edge.times} ${to.line}`,
        `${place.line} ${Math.round(edge.whole)}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')
