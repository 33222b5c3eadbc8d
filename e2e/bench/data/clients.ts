import { door } from '../kit.ts'
import { answer, cpuOf, inFlight, told } from '../side.ts'
import { type Client, peers, rawLoop } from './peers.ts'

/** One round: CPU microseconds by client, `raw` among them. */
export interface ClientsRound {
  get: Record<string, number>
  multiget: Record<string, number>
  /** One at a time. */
  alone: Record<string, number>
}

interface Memcached extends Omit<Client, 'name'> {
  ready(): Promise<void>
}

const KEYS = 1000
const GETS = 60_000
const MULTIGETS = 4000
/** A player as the cache holds one. */
const BYTES = 300

const { port, runs } = told() as { port: number; runs: number }
const { createMemcached } = await door<{ createMemcached: (options: object) => Memcached }>('server/memcached')
const ours = createMemcached({ servers: [{ host: '127.0.0.1', port }] })
await ours.ready()
const clients: Client[] = [{ ...ours, name: 'ours' }, ...(await peers(port))]
const keys = Array.from({ length: KEYS }, (_, n) => `e:player:1:${n.toString(36).padStart(12, 'k')}`)
const twenty = keys.slice(0, 20)
for (const key of keys) await ours.set(key, Buffer.alloc(BYTES, 'x'))
for (const client of clients)
  if (Buffer.byteLength(valueOf(await client.get(keys[0] ?? ''))) !== BYTES)
    throw new Error(`${client.name} does not read what is there`)

// The first round warms up and is not counted.
for (let run = 0; run <= runs; run++) {
  const round: ClientsRound = { get: {}, multiget: {}, alone: {} }
  for (const client of clients) {
    const { name } = client
    round.get[name] = await cpuOf(GETS, () => inFlight(GETS, 50, (n) => client.get(keys[n % KEYS] ?? '')))
    round.multiget[name] = await cpuOf(MULTIGETS, () => inFlight(MULTIGETS, 10, () => client.getMany(twenty)))
    round.alone[name] = await cpuOf(MULTIGETS, () => inFlight(MULTIGETS, 1, () => client.getMany(twenty)))
  }
  round.get['raw'] = await cpuOf(GETS, () => rawLoop(port, keys, GETS, 50, BYTES))
  if (run > 0) answer(round)
}
for (const client of clients) await client.close()
process.exit()

/** Some hand out the value, some an object around it. */
function valueOf(got: unknown): string | Buffer {
  const value = typeof got === 'object' && got !== null && 'value' in got ? got.value : got
  return value as string | Buffer
}
