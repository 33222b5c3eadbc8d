import { once } from 'node:events'
import { connect } from 'node:net'
import { type Answered, createWalker, type Walker } from '../../services/crowd.ts'
import { type Game, startGame } from '../../services/game.ts'
import { layLine } from '../../services/line.ts'
import type { Memcached } from '../../services/memcached.ts'
import { summarise, type Figure } from '../figure.ts'

const VISITS = 9

/** `transactions=1 statements=4` of the `database` layer as numbers; none where the layer was not entered. */
function counted({ headers }: Answered, layer: string): Record<string, number> {
  const words = new RegExp(`, ${layer};dur=[\\d.]+;desc="([^"]*)"`).exec(String(headers['server-timing']))?.[1] ?? ''
  return Object.fromEntries([...words.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)]))
}

/** What a warm village page asks of the database, by the server's word, and of memcached, by what went over the line. */
export async function* village(memcached: Memcached): AsyncGenerator<Figure> {
  await using line = await layLine(`http://${memcached.address}`)
  await using game = await startGame({ env: { MEMCACHED_SERVERS: new URL(line.url).host } })
  const walker = createWalker(game.url, 1)
  for (let visit = 0; visit < 3; visit++) await walker.get('/')
  const queries: number[] = []
  const roundtrips: number[] = []
  for (let visit = 0; visit < VISITS; visit++) {
    const before = line.received.length
    const answer = await walker.get('/')
    if (answer.status !== 200) throw new Error(`the village answered ${answer.status}`)
    queries.push(counted(answer, 'database')['statements'] ?? 0)
    roundtrips.push(line.received.length - before)
    const told = counted(answer, 'cache')['roundtrips'] ?? 0
    if (told !== roundtrips.at(-1))
      throw new Error(`the village says ${told} round trips to memcached, the line saw ${roundtrips.at(-1)}`)
  }
  yield summarise({ name: 'village-queries', unit: 'queries', versus: 'a warm village page', values: queries })
  yield summarise({ name: 'village-roundtrips', unit: 'roundtrips', versus: 'a warm village page', values: roundtrips })
}

/** Statements of an attack on another player whose rows are cached, in its one transaction; BEGIN and COMMIT are not statements of it. */
export async function attack(memcached: Memcached): Promise<Figure> {
  await using game = await startGame({ env: { MEMCACHED_SERVERS: memcached.address } })
  const statements: number[] = []
  for (let number = 1; number <= VISITS; number++) {
    const walker = createWalker(game.url, number)
    // The first visit makes the player, the second reads them into the cache.
    await walker.get('/battle')
    const page = await walker.get('/battle')
    const rival = /name="rival" value="([^"]+)"/.exec(page.text)?.[1]
    if (rival === undefined) throw new Error('nobody to attack')
    // Asked for as a browser without scripts does: the answer leads back, and draws no page.
    const answer = await walker.act('/battle', { action: 'attack', rival, key: `attack-${number}` })
    if (answer.status !== 303) throw new Error(`the attack answered ${answer.status}`)
    const { transactions, statements: count } = counted(answer, 'database')
    if (transactions !== 1) throw new Error(`the attack took ${transactions} transactions`)
    statements.push(count ?? Number.NaN)
  }
  return summarise({
    name: 'attack-statements',
    unit: 'statements',
    versus: 'battle/attack, warm, in its one transaction',
    values: statements,
  })
}

interface Report {
  entities: Record<string, { bytesBefore: number; bytesAfter: number }>
}

/** Bytes of players as memcached holds them, against their JSON: a guest who has played a little and the crowd of the ladder. */
export async function stored(memcached: Memcached): Promise<Figure> {
  await memcached.restart()
  await using game = await startGame({ env: { MEMCACHED_SERVERS: memcached.address } })
  await wander(createWalker(game.url, 1))
  const { bytesBefore = Number.NaN, bytesAfter = Number.NaN } = (await report(game)).entities['player'] ?? {}
  // Players written since they were stored are gone from memcached: it can only hold less than was counted.
  const held = await bytesHeld(memcached.port, 'e:player:')
  if (held > bytesAfter || held < bytesAfter / 3)
    throw new Error(`the server counted ${bytesAfter} bytes of players stored, memcached holds ${held}`)
  return summarise({
    name: 'stored-bytes',
    unit: 'ratio',
    versus: 'JSON.stringify',
    values: [bytesAfter / bytesBefore],
  })
}

async function wander(walker: Walker): Promise<void> {
  for (const path of ['/', '/ladder', '/battle', '/hero']) await walker.get(path)
  for (let turn = 0; turn < 3; turn++) {
    await walker.act('/missions/thornwood', { action: 'mission', mission: 'gather-kindling', key: `wander-${turn}` })
    await walker.get('/')
  }
}

async function report(game: Game): Promise<Report> {
  return (await (await fetch(`${game.url}/__timing__?format=json`)).json()) as Report
}

/** Bytes of all values under keys that begin so, asked of memcached itself. */
async function bytesHeld(port: number, prefix: string): Promise<number> {
  const dump = await say(port, 'lru_crawler metadump all\r\n', 'END\r\n')
  const keys = [...dump.matchAll(/^key=(\S+)/gm)].map(([, key = '']) => decodeURIComponent(key))
  const mine = keys.filter((key) => key.startsWith(prefix))
  if (mine.length === 0) throw new Error(`memcached has no key that begins with ${prefix}`)
  const sizes = await say(port, `${mine.map((key) => `mg ${key} s\r\n`).join('')}mn\r\n`, 'MN\r\n')
  return [...sizes.matchAll(/^HD s(\d+)/gm)].reduce((sum, [, size]) => sum + Number(size), 0)
}

async function say(port: number, text: string, end: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  socket.write(text)
  let heard = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    heard += chunk as string
    if (heard.endsWith(end)) break
  }
  socket.destroy()
  return heard
}
