import type { Transaction } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { Changes } from './changes.ts'
import { Conflict, isContention } from './conflict.ts'
import type { Timing } from './counters.ts'
import type { IdentityMap } from './identity.ts'
import { wasApplied } from './ledger.ts'
import type { Shared } from './shared.ts'
import { type Attempt, StoreTransaction } from './writes.ts'

/** Milliseconds; pauses between attempts grow up to this. */
const LONGEST_PAUSE = 32

/** Whose transaction it is. */
export interface Caller {
  /** The session's rows: looked into by a first attempt, brought up to date by a commit. */
  rows: IdentityMap
  timing: Timing | undefined
  /** How often `work` may run again. */
  retries: number
}

type Work<Schema, T> = (tx: StoreTransaction<Schema>) => Promise<T>

/** Runs `work` in a transaction, and again while others get in its way: a repeated attempt trusts nothing but the database. */
export async function runTransaction<Schema, T>(
  shared: Shared<Schema>,
  { rows, timing, retries }: Caller,
  work: Work<Schema, T>,
): Promise<T> {
  const { counters, database } = shared
  for (let runs = 1; ; runs++) {
    const attempt = { rows, timing, fresh: runs > 1, changes: new Changes() }
    try {
      return await runAttempt(shared, attempt, work)
    } catch (error) {
      // A first attempt believes the cache, which may have said "does not exist" of what is there.
      const misled = !attempt.fresh && database.isDuplicate(error)
      const contended = misled || isContention(database, error)
      if (contended) {
        counters.of(error instanceof Conflict ? error.entity : 'database').conflicts++
        timing?.count('conflicts')
      }
      if (contended && runs <= retries) {
        await sleep(Math.random() * Math.min(2 ** (runs - 1), LONGEST_PAUSE))
        continue
      }
      // Done once already, an action may fail for want of what it took then. One run more answers what was kept.
      const { failed } = attempt.changes
      const applied = runs <= retries + 1 && (await database.timed(timing, () => wasApplied(database.kysely, failed)))
      if (!applied) throw error
    }
  }
}

/** Runs `work`, commits, then tells session and cache; on rollback they hear nothing. */
async function runAttempt<Schema, T>(shared: Shared<Schema>, attempt: Attempt, work: Work<Schema, T>): Promise<T> {
  const { database, reads, report } = shared
  const { changes, rows, timing } = attempt
  let decided = false

  async function run(db: Transaction<Schema>): Promise<T> {
    const result = await work(new StoreTransaction(shared, attempt, db))
    // Caught by `work` or not: half of an action must not stay.
    const [failed] = changes.failed
    if (failed) throw failed.error
    decided = true
    return result
  }

  function forgetRows(): void {
    for (const { entity, id } of changes.written) rows.delete(entity, id)
  }

  try {
    const result = await database.timed(timing, () => database.transaction(run))
    forgetRows()
    rows.absorb(changes.rows)
    await reads.forget(changes.gone, timing)
    await runHooks(changes.hooks, report)
    return result
  } catch (error) {
    // COMMIT itself failed, which does not say that nothing was written; or what was read misled us.
    if (decided || database.isDuplicate(error) || isContention(database, error)) {
      forgetRows()
      await reads.forget(decided ? changes.gone : changes.goneRows, timing)
    }
    throw error
  }
}

async function runHooks(hooks: Changes['hooks'], report: (error: unknown) => void): Promise<void> {
  for (const hook of hooks) {
    try {
      await hook()
    } catch (error) {
      report(error)
    }
  }
}
