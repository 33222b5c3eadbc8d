/**
 * A heap snapshot, read as it comes and kept as numbers: what is there, and who holds it. V8's form is explained at
 * https://learn.microsoft.com/en-us/microsoft-edge/devtools-guide-chromium/memory-problems/heap-snapshot-schema
 */
export interface HeapGraph {
  /** What there is by type, the largest first. */
  types(): TypeSize[]
  /** How the objects of a type are held, the most frequent ways first. */
  retainers(type: string, most?: number): Retainers[]
}

export interface TypeSize {
  /** Constructor's name, or in brackets what V8 calls it: `(closure)`, `(string)`. */
  type: string
  count: number
  /** Bytes of the objects themselves. */
  size: number
}

export interface Retainers {
  /** From the object to the root: who holds it, and by what: `Map.table`, `rows in Store`. */
  path: string[]
  count: number
  size: number
}

/** Sections of the file that are rows of numbers. */
interface Numbers {
  nodes: Int32Array
  edges: Int32Array
}

interface Meta {
  node_fields: string[]
  node_types: [string[], ...unknown[]]
  edge_fields: string[]
  edge_types: [string[], ...unknown[]]
}

/** Ways longer than this end in `…`. */
const STEPS = 8
/** Looked at for the ways to them; a type with more is told from these. */
const SAMPLE = 20_000
const LEAST_OF = 12

/** @throws Error where the stream is no heap snapshot. */
export async function readHeapSnapshot(chunks: AsyncIterable<Uint8Array | string>): Promise<HeapGraph> {
  const reader = new Reader()
  for await (const chunk of chunks) reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  const { meta, nodes, edges, strings } = reader.end()
  return graphOf(meta, { nodes, edges }, strings)
}

const NODES = '"nodes":['
const EDGES = '"edges":['
const STRINGS = '"strings":['

/** Reads a file of V8's as it comes: the head as JSON, then two long rows of whole numbers, then texts. */
class Reader {
  #state: 'head' | 'nodes' | 'edges' | 'rest' = 'head'
  #text = ''
  readonly #decoder = new TextDecoder()
  readonly #rows = { nodes: new Row(), edges: new Row() }
  #meta: Meta | undefined
  readonly #rest: string[] = []

  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'nodes' || this.#state === 'edges') {
        at = this.#rows[this.#state].read(chunk, at)
        if (at < chunk.length || this.#rows[this.#state].isDone) this.#state = this.#state === 'nodes' ? 'head' : 'rest'
        continue
      }
      const text = this.#decoder.decode(chunk.subarray(at), { stream: true })
      if (this.#state === 'rest') {
        this.#rest.push(text)
        return
      }
      // Everything up to a row of numbers is plain ASCII: a character is a byte.
      const before = this.#text.length
      this.#text += text
      const mark = this.#meta ? EDGES : NODES
      const found = this.#text.indexOf(mark)
      if (found < 0) return
      this.#meta ??= readMeta(this.#text.slice(0, found))
      at += found + mark.length - before
      this.#text = ''
      this.#state = mark === NODES ? 'nodes' : 'edges'
    }
  }

  end(): { meta: Meta; nodes: Int32Array; edges: Int32Array; strings: string[] } {
    const rest = this.#rest.join('')
    const start = rest.indexOf(STRINGS)
    if (!this.#meta || start < 0)
      throw new Error('heap snapshot: expected nodes, edges and strings, as v8.getHeapSnapshot() writes them')
    const strings = JSON.parse(rest.slice(start + STRINGS.length - 1, rest.lastIndexOf(']') + 1)) as string[]
    return { meta: this.#meta, nodes: this.#rows.nodes.take(), edges: this.#rows.edges.take(), strings }
  }
}

function readMeta(head: string): Meta {
  // It ends where the nodes begin: `{"snapshot":{"meta":{…},…},`
  const { snapshot } = JSON.parse(`${head.replace(/,\s*$/, '')}}`) as { snapshot: { meta: Meta } }
  return snapshot.meta
}

/** Whole numbers between commas, in an array that grows. */
class Row {
  #numbers = new Int32Array(1 << 16)
  #count = 0
  #value = 0
  #isOpen = false
  isDone = false

  /** @returns where it stopped: behind the bracket that ends the row, or at the chunk's end. */
  read(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte >= 48 && byte <= 57) {
        this.#value = this.#value * 10 + byte - 48
        this.#isOpen = true
      } else if (this.#isOpen) this.#add()
      if (byte === 93) {
        this.isDone = true
        return at + 1
      }
    }
    return chunk.length
  }

  take(): Int32Array {
    return this.#numbers.subarray(0, this.#count)
  }

  #add(): void {
    if (this.#count === this.#numbers.length) {
      const more = new Int32Array(this.#numbers.length * 2)
      more.set(this.#numbers)
      this.#numbers = more
    }
    this.#numbers[this.#count++] = this.#value
    this.#value = 0
    this.#isOpen = false
  }
}

function graphOf(meta: Meta, { nodes, edges }: Numbers, strings: readonly string[]): HeapGraph {
  const field = (name: string) => meta.node_fields.indexOf(name)
  const [TYPE, NAME, SIZE, EDGE_COUNT] = [field('type'), field('name'), field('self_size'), field('edge_count')]
  const edgeField = (name: string) => meta.edge_fields.indexOf(name)
  const [EDGE_TYPE, EDGE_NAME, EDGE_TO] = [edgeField('type'), edgeField('name_or_index'), edgeField('to_node')]
  const [perNode, perEdge] = [meta.node_fields.length, meta.edge_fields.length]
  const count = nodes.length / perNode
  const [nodeTypes] = meta.node_types
  const [edgeTypes] = meta.edge_types
  const WEAK = edgeTypes.indexOf('weak')
  const BY_INDEX = new Set([edgeTypes.indexOf('element'), edgeTypes.indexOf('hidden')])

  const typeOf = (node: number): string => {
    const type = nodeTypes[nodes[node * perNode + TYPE] ?? 0] ?? ''
    if (type === 'object' || type === 'native') return strings[nodes[node * perNode + NAME] ?? 0] || '(object)'
    return type.includes('string') ? '(string)' : `(${type})`
  }
  const sizeOf = (node: number): number => nodes[node * perNode + SIZE] ?? 0

  function types(): TypeSize[] {
    const found = new Map<string, TypeSize>()
    for (let node = 0; node < count; node++) {
      const type = typeOf(node)
      const sum = found.get(type) ?? { type, count: 0, size: 0 }
      if (sum.count === 0) found.set(type, sum)
      sum.count++
      sum.size += sizeOf(node)
    }
    return [...found.values()].toSorted((one, other) => other.size - one.size)
  }

  /** For each node the edge by which it is reached first from the root, and who has that edge: the shortest way that holds it. */
  function holders(): { by: Int32Array; edge: Int32Array } {
    const first = new Int32Array(count + 1)
    for (let node = 0; node < count; node++)
      first[node + 1] = (first[node] ?? 0) + (nodes[node * perNode + EDGE_COUNT] ?? 0)
    const by = new Int32Array(count).fill(-1)
    const edge = new Int32Array(count).fill(-1)
    const queue = new Int32Array(count)
    let [head, tail] = [0, 1]
    by[0] = 0
    while (head < tail) {
      const node = queue[head++] ?? 0
      for (let at = first[node] ?? 0; at < (first[node + 1] ?? 0); at++) {
        if (edges[at * perEdge + EDGE_TYPE] === WEAK) continue
        const to = (edges[at * perEdge + EDGE_TO] ?? 0) / perNode
        if (by[to] !== -1) continue
        by[to] = node
        edge[to] = at
        queue[tail++] = to
      }
    }
    return { by, edge }
  }

  function retainers(type: string, most = LEAST_OF): Retainers[] {
    const { by, edge } = holders()
    const ways = new Map<string, Retainers>()
    let seen = 0
    for (let node = 0; node < count && seen < SAMPLE; node++) {
      if (by[node] === -1 || typeOf(node) !== type) continue
      seen++
      const path: string[] = []
      for (let at = node; at !== 0 && path.length <= STEPS; at = by[at] ?? 0) {
        if (path.length === STEPS) {
          path.push('…')
          break
        }
        const holder = by[at] ?? 0
        const label = labelOf(holder)
        // From here on it is V8 that holds: the stack, handles, what it loaded.
        const isRoot = holder === 0 || label === '(synthetic)'
        path.push(isRoot ? 'the root' : `${edgeName(edge[at] ?? 0)} in ${label}`)
        if (isRoot) break
      }
      const key = path.join('\n')
      const way = ways.get(key) ?? { path, count: 0, size: 0 }
      if (way.count === 0) ways.set(key, way)
      way.count++
      way.size += sizeOf(node)
    }
    return [...ways.values()].toSorted((one, other) => other.count - one.count).slice(0, most)
  }

  /** Closures by their function's name: `(closure) remember`. */
  function labelOf(node: number): string {
    const type = typeOf(node)
    const name = type === '(closure)' ? strings[nodes[node * perNode + NAME] ?? 0] : ''
    return name ? `${type} ${name}` : type
  }

  /** Places in an array are all alike, and so are those in the table of a `Map`. */
  function edgeName(at: number): string {
    const name = BY_INDEX.has(edges[at * perEdge + EDGE_TYPE] ?? 0) ? '' : strings[edges[at * perEdge + EDGE_NAME] ?? 0]
    return name === undefined || /^\d*$/.test(name) ? '[]' : name
  }

  return { types, retainers }
}
