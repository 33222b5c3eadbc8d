import type { CallFrame, CpuProfile } from './cpuprofile.ts'

/** A function met in profiles. Line and column from 1; file empty for what is the engine's own, as `(garbage collector)`. */
export interface Place {
  name: string
  /** A path or URL, of the TypeScript source where it is known. */
  file: string
  line: number
  column: number
}

/** One function called by the one above it, by way of all those above that. */
export interface Call {
  /** Index into {@link CallTree.places}. */
  readonly place: number
  /** What it took by itself: microseconds of a CPU profile, bytes of a heap profile. */
  own: number
  readonly below: Map<number, Call>
}

/** What a place of built code is in its source: {@link sourcesOf}. */
export type Resolve = (place: Place) => Place

/** Time in which nothing runs is nobody's. */
const IDLE = '(idle)'
const ROOT = '(root)'

/**
 * Many profiles in one tree: each adds its times to those before, as repoze.profile's do. Bounded by what the program can call, not by how long it is
 * watched: samples are added up, never kept.
 */
export class CallTree {
  readonly places: Place[] = []
  readonly root: Call
  /** Of all profiles: microseconds and samples in which something ran, or bytes and allocations. */
  whole = 0
  samples = 0
  readonly #resolve: Resolve
  /** By what the profile said and by what that is in the sources. */
  readonly #indices = new Map<string, number>()

  constructor(resolve: Resolve = (place) => place) {
    this.#resolve = resolve
    this.root = { place: this.#placeOf({ name: ROOT, file: '', line: 0, column: 0 }), own: 0, below: new Map() }
  }

  /**
   * Adds a CPU profile. A sample lasts until the next one.
   *
   * @param isKept told when a sample was taken, in microseconds of the profile's clock; default all are kept.
   */
  add({ nodes, samples = [], timeDeltas = [], startTime, endTime }: CpuProfile, isKept = (_at: number) => true): void {
    const calls = this.#graft(nodes)
    let at = startTime
    for (const [index, id] of samples.entries()) {
      at += timeDeltas[index] ?? 0
      const next = index + 1 < samples.length ? at + (timeDeltas[index + 1] ?? 0) : Math.max(at, endTime)
      const call = calls.get(id)
      if (!call || this.places[call.place]?.name === IDLE || !isKept(at)) continue
      this.#spend(call, next - at)
    }
  }

  /** Adds what was allocated, of a heap profile: a node's own bytes. */
  addSizes(nodes: readonly SizedNode[]): void {
    const calls = this.#graft(nodes)
    for (const { id, own } of nodes) {
      const call = calls.get(id)
      if (call && own > 0) this.#spend(call, own)
    }
  }

  #spend(call: Call, amount: number): void {
    call.own += amount
    this.whole += amount
    this.samples++
  }

  /** Puts the profile's nodes into the tree. @returns the tree's call by the profile's id. */
  #graft(nodes: readonly { id: number; callFrame: CallFrame; children?: readonly number[] }[]): Map<number, Call> {
    const byId = new Map(nodes.map((node) => [node.id, node]))
    const calls = new Map<number, Call>()
    const [top] = nodes
    if (!top) return calls
    const waiting: [id: number, above: Call | null][] = [[top.id, null]]
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [id, above] = next
      const node = byId.get(id)
      if (!node) continue
      const call = above ? this.#callOf(above, this.#placeOf(placeOf(node.callFrame))) : this.root
      calls.set(id, call)
      for (const child of node.children ?? []) waiting.push([child, call])
    }
    return calls
  }

  #callOf(above: Call, place: number): Call {
    let call = above.below.get(place)
    if (!call) above.below.set(place, (call = { place, own: 0, below: new Map() }))
    return call
  }

  #placeOf(built: Place): number {
    const key = keyOf(built)
    let index = this.#indices.get(key)
    if (index === undefined) {
      const place = this.#resolve(built)
      // Two places of a bundle may be one of the source.
      index = this.#indices.get(keyOf(place)) ?? this.places.push(place) - 1
      this.#indices.set(key, index).set(keyOf(place), index)
    }
    return index
  }
}

/** A node of a heap profile, whose children are named by id. */
export interface SizedNode {
  id: number
  callFrame: CallFrame
  children?: readonly number[]
  /** Bytes. */
  own: number
}

const keyOf = ({ name, file, line, column }: Place): string => `${name}\n${file}\n${line}\n${column}`

const placeOf = ({ functionName, url, lineNumber, columnNumber }: CallFrame): Place => ({
  name: functionName || '(anonymous)',
  file: url,
  line: lineNumber + 1,
  column: columnNumber + 1,
})

/** Every call of the tree with those above it, the outermost first; those below it come after it. */
export function* walk(root: Call): Generator<{ call: Call; above: readonly Call[] }> {
  const above: Call[] = []
  const waiting: { call: Call; depth: number }[] = [{ call: root, depth: 0 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { call, depth } = next
    above.length = depth
    yield { call, above }
    above.push(call)
    for (const below of [...call.below.values()].toReversed()) waiting.push({ call: below, depth: depth + 1 })
  }
}

/** What each call took with all below it. */
export function totals(root: Call): Map<Call, number> {
  const found = new Map<Call, number>()
  for (const { call } of [...walk(root)].toReversed())
    found.set(call, call.own + [...call.below.values()].reduce((sum, below) => sum + (found.get(below) ?? 0), 0))
  return found
}
