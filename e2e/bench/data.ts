import { provision } from '../services/provision.ts'
import { startMemcached } from '../services/memcached.ts'
import { coldKey } from './data/coldKey.ts'
import type { ClientsRound } from './data/clients.ts'
import type { EntitiesRound } from './data/entities.ts'
import { attack, stored, village } from './data/game.ts'
import { median, summarise, type Figure } from './figure.ts'
import { installPeers, side } from './side.ts'

const RUNS = 9

/** What reading and writing through the cache costs, against the best there is on npm and against the floor. */
export async function* data(say: (line: string) => void): AsyncGenerator<Figure> {
  await installPeers(say)
  await using memcached = await startMemcached({ path: await memcachedPath() })
  const { port } = memcached

  const rounds: ClientsRound[] = []
  for await (const round of side<ClientsRound>('data/clients.ts', { port, runs: RUNS })) {
    rounds.push(round)
    say(
      `clients ${rounds.length} of ${RUNS}: ours ${round.get['ours']?.toFixed(2)} µs a get, a bare socket ${round.get['raw']?.toFixed(2)}`,
    )
  }
  yield againstBest('client-get', rounds, ({ get }) => get, '50 in flight')
  yield summarise({
    name: 'client-raw',
    unit: 'ratio',
    versus: 'a bare socket with the same commands, 50 in flight',
    values: rounds.map(({ get }) => (get['ours'] ?? Number.NaN) / (get['raw'] ?? Number.NaN)),
  })
  yield againstBest('client-multiget', rounds, ({ multiget }) => multiget, '20 keys, 10 in flight')
  yield againstBest('client-multiget-alone', rounds, ({ alone }) => alone, '20 keys, one at a time')

  const reads: EntitiesRound[] = []
  for await (const round of side<EntitiesRound>('data/entities.ts', { port, runs: RUNS })) {
    reads.push(round)
    say(
      `entities ${reads.length} of ${RUNS}: ${round.entity.toFixed(2)} µs an entity, ${round.bare.toFixed(2)} its bytes alone`,
    )
  }
  yield summarise({
    name: 'entity-hit',
    unit: 'ratio',
    versus: "the client's own get of the key and decoding it, 50 in flight",
    values: reads.map(({ entity, bare }) => entity / bare),
  })
  yield summarise({
    name: 'identity-hit',
    unit: 'µs',
    versus: 'a row its session has read',
    values: reads.map(({ identity }) => identity),
  })

  yield* counts(say)
  say('one cold key, four processes of 50 readers')
  yield await coldKey(memcached, say)
}

/** What the game asks of database and memcached, and stores there: the same on every machine, however busy. */
export async function* counts(say: (line: string) => void): AsyncGenerator<Figure> {
  say('the game: village, attack, what is stored')
  await using memcached = await startMemcached({ path: await memcachedPath() })
  yield* village(memcached)
  yield await attack(memcached)
  yield await stored(memcached)
}

async function memcachedPath(): Promise<string> {
  const program = await provision('memcached')
  if (program.path === null) throw new Error(program.reason)
  return program.path
}

/** Our CPU against that of the client that needs least, which is chosen by its median. */
function againstBest(
  name: string,
  rounds: readonly ClientsRound[],
  of: (round: ClientsRound) => Record<string, number>,
  how: string,
): Figure {
  const cost = (client: string) => rounds.map((round) => of(round)[client] ?? Number.NaN)
  const others = Object.keys(rounds[0] ? of(rounds[0]) : {}).filter((client) => client !== 'ours' && client !== 'raw')
  const middle = (client: string) => median(cost(client).toSorted((a, b) => a - b))
  const [best = ''] = others.toSorted((a, b) => middle(a) - middle(b))
  const ours = cost('ours')
  return summarise({
    name,
    unit: 'ratio',
    versus: `${best}, ${how}`,
    values: cost(best).map((theirs, run) => (ours[run] ?? Number.NaN) / theirs),
  })
}
