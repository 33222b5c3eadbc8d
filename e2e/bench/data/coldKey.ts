import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Memcached } from '../../services/memcached.ts'
import { summarise, type Figure } from '../figure.ts'
import { answerOf } from '../side.ts'

const RUNS = 9
const PROCESSES = 4
const READERS = 50

/** How often the database is read when four processes of fifty readers ask for one key that no cache has. */
export async function coldKey(memcached: Memcached, say: (line: string) => void): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cold-'))
  const loads: number[] = []
  try {
    for (let run = 1; run <= RUNS; run++) {
      await memcached.restart()
      // All begin at the same moment, when all are ready.
      const at = Date.now() + 2500
      const options = { port: memcached.port, file: join(folder, `${run}.db`), readers: READERS, at }
      await answerOf('data/readers.ts', { ...options, readers: 0, at: 0 })
      const counts = await Promise.all(
        Array.from({ length: PROCESSES }, () => answerOf<{ loads: number; read: number }>('data/readers.ts', options)),
      )
      const read = counts.reduce((sum, count) => sum + count.read, 0)
      if (read !== PROCESSES * READERS) throw new Error(`${read} of ${PROCESSES * READERS} readers got the row`)
      loads.push(counts.reduce((sum, count) => sum + count.loads, 0))
      say(`cold key ${run} of ${RUNS}: ${loads.at(-1)} loads`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const figure = summarise({
    name: 'cold-key-loads',
    unit: 'queries',
    versus: '4 processes of 50 readers; the worst run',
    values: loads,
  })
  return { ...figure, value: figure.spread[1] }
}
