import path from 'node:path'
import { importsOf, type Import } from './imports.ts'

/** Rooms by their folder; a file belongs to the first that fits. */
const ROOMS = ['server/wire', 'client', 'server', 'build', 'cdn', 'e2e'] as const

/** Joining rooms is what these are for. */
const COMPOSING = new Set(['server/main.ts', 'build/cli.ts', 'client/vite.config.ts'])

/** Libraries that stand at an edge of the house: one file in a room knows each. */
const EDGES = new Set([
  'sharp',
  '@vercel/ncc',
  'lighthouse',
  'pg',
  'pino',
  'prom-client',
  'web-vitals',
  '@nats-io/jetstream',
])

const RULES = 'server/game/rules'
const GAMES = ['server/game', 'client/game']

interface Edge extends Import {
  from: string
  /** Path from the top for a file of ours, undefined for a package. */
  to: string | undefined
}

type Direction = (edge: Edge) => string | undefined

/** architecture.md's directions, one by one: each answers what is wrong with an import, if anything is. */
const DIRECTIONS: Direction[] = [
  function wireImportsNothing({ from, to }) {
    return roomOf(from) === 'server/wire' && (to === undefined || roomOf(to) !== 'server/wire') && !isTest(from)
      ? 'wire imports nothing'
      : undefined
  },
  function rulesImportRules({ from, to, specifier }) {
    if (!isIn(from, RULES) || (to !== undefined && isIn(to, RULES))) return undefined
    return isTest(from) && (to === undefined || specifier.startsWith('node:')) ? undefined : 'rules import only rules'
  },
  function roomsMeetInFiles({ from, to }) {
    if (to === undefined || COMPOSING.has(from) || roomOf(from) === 'e2e') return undefined
    const allowed = [roomOf(from), 'server/wire', undefined].includes(roomOf(to))
    const shared = isIn(to, RULES) && GAMES.some((game) => isIn(from, game))
    return allowed || shared ? undefined : `${roomOf(from)} imports wire and itself, never ${roomOf(to)}`
  },
  function kitWithoutGame({ from, to }) {
    if (to === undefined || COMPOSING.has(from) || isGame(from) || !isGame(to)) return undefined
    return roomOf(from) === 'e2e' ? undefined : 'the kit never imports the game'
  },
  function noBarrels({ from, to }) {
    if (to === undefined || path.basename(to) !== 'index.ts' || roomOf(from) !== roomOf(to)) return undefined
    return isTest(from) && isIn(from, path.dirname(to)) ? undefined : 'import the file, not the room’s barrel'
  },
  function testsFromOutside({ from, to, isType }) {
    if (roomOf(from) !== 'e2e' || to === undefined || roomOf(to) === 'e2e') return undefined
    return isType && roomOf(to) === 'server/wire'
      ? undefined
      : 'e2e sees HTTP, a browser and a command line; it may import types from wire'
  },
]

/**
 * What goes against the directions, as `file:line imports "x": what is wrong`.
 * @param files texts by path from the top of the project, with `/`.
 */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const edges: Edge[] = []
  for (const [from, code] of files)
    for (const found of importsOf(from, code)) {
      const { specifier } = found
      const to = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : undefined
      edges.push({ ...found, from, to })
    }
  const wrong = edges.flatMap((edge) =>
    DIRECTIONS.flatMap((direction) => {
      const words = direction(edge)
      return words === undefined ? [] : [tell(edge, words)]
    }),
  )
  return [...wrong, ...circles(edges), ...crowdedEdges(edges)]
}

/** Each circle once, by the import that closes it. Types count: a circle of types is still two files that cannot be read apart. */
function circles(edges: Edge[]): string[] {
  const byFile = Map.groupBy(edges, ({ from }) => from)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: string, trail: string[]): void => {
    state.set(file, 'open')
    for (const edge of byFile.get(file) ?? []) {
      if (edge.to === undefined) continue
      const seen = state.get(edge.to)
      if (seen === 'open')
        found.push(tell(edge, `a circle: ${[...trail.slice(trail.indexOf(edge.to)), edge.to].join(' -> ')}`))
      else if (seen === undefined) visit(edge.to, [...trail, edge.to])
    }
    state.set(file, 'done')
  }
  for (const file of byFile.keys()) if (!state.has(file)) visit(file, [file])
  return found
}

/** Tests may use a library to make or to judge what they feed in. */
function crowdedEdges(edges: Edge[]): string[] {
  const users = edges.filter(
    ({ from, isType, specifier }) => !feedsTests(from) && !isType && EDGES.has(packageOf(specifier)),
  )
  const places = Map.groupBy(
    users,
    ({ from, specifier }) => `${packageOf(specifier)} ${isIn(from, 'client/game/art') ? 'art' : roomOf(from)}`,
  )
  return [...places.values()].flatMap(([first, ...others]) =>
    others
      .filter(({ from }) => from !== first?.from)
      .map((edge) => tell(edge, `one file knows a library at an edge, and ${first?.from} does already`)),
  )
}

const tell = ({ from, line, specifier }: Edge, words: string): string =>
  `${from}:${line} imports "${specifier}": ${words}`
const isIn = (file: string, folder: string): boolean => file.startsWith(`${folder}/`)
const isGame = (file: string): boolean => GAMES.some((game) => isIn(file, game))
const isTest = (file: string): boolean => file.endsWith('.test.ts')
const feedsTests = (file: string): boolean => /(?:\.(?:test|spec)|(?:^|\/)fixture)\.ts$/.test(file)
const roomOf = (file: string): (typeof ROOMS)[number] | undefined => ROOMS.find((room) => isIn(file, room))
const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
