import * as fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createLocalCache } from '../cache/local.ts'
import { type Fixture, gate, Hero, hero, type HeroRow, open, type Tables } from './fixture.ts'
import { pruneLedger } from './ledger.ts'
import { DIALECTS } from './scratch.ts'
import type { Session } from './session.ts'
import type { StoreTransaction } from './writes.ts'

interface Answer {
  coins: number
}

async function earn(tx: StoreTransaction<Tables>): Promise<Answer> {
  const row = await tx.get(Hero, 'a')
  if (!row) throw new Error('no hero')
  const { coins } = await tx.update(Hero, { ...row, coins: row.coins + 1 })
  return { coins }
}

/** Takes a coin where there is one: done twice, it may not be allowed any more. */
async function spend(tx: StoreTransaction<Tables>): Promise<Answer> {
  const row = await tx.get(Hero, 'a')
  if (!row || row.coins === 0) throw new Error('not enough coins')
  const { coins } = await tx.update(Hero, { ...row, coins: row.coins - 1 })
  return { coins }
}

type Deed<T> = (tx: StoreTransaction<Tables>) => Promise<T>

function send<T>(session: Session<Tables>, key: string, deed: Deed<T>, retries = 4) {
  return session.transaction((tx) => tx.once(key, 'a', () => deed(tx)), { retries })
}

const stored = async (fixture: Fixture): Promise<HeroRow | null> => {
  await fixture.cache.delete([Hero.key('a')])
  return fixture.store.session().get(Hero, 'a')
}

describe.each(DIALECTS)('on %s', (dialect) => {
  const start = (...heroes: HeroRow[]) => open(heroes, createLocalCache(), dialect)

  test('an action sent twice is applied once and answers the same', async () => {
    await using fixture = await start(hero('a'))
    const { store } = fixture
    expect(await send(store.session(), 'k1', earn)).toEqual({ answer: { coins: 1 }, repeated: false })
    expect(await send(store.session(), 'k1', earn)).toEqual({ answer: { coins: 1 }, repeated: true })
    expect(await send(store.session(), 'k2', earn)).toEqual({ answer: { coins: 2 }, repeated: false })
    expect(await stored(fixture)).toMatchObject({ coins: 2, version: 3 })
  })

  test('an action sent for the first time is one statement more than what it does', async () => {
    await using fixture = await start(hero('a'))
    await fixture.store.session().get(Hero, 'a')
    fixture.statements.length = 0
    await send(fixture.store.session(), 'k1', earn)
    expect(fixture.statements.map((sql) => sql.split(' ')[0])).toEqual(['BEGIN', 'update', 'INSERT', 'COMMIT'])
  })

  test('an action sent ten times at once is applied once', async () => {
    await using fixture = await start(hero('a'))
    const sent = await Promise.all(Array.from({ length: 10 }, () => send(fixture.store.session(), 'k1', earn)))
    expect(sent.map(({ answer }) => answer.coins)).toEqual(Array.from({ length: 10 }, () => 1))
    expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await stored(fixture)).toMatchObject({ coins: 1, version: 2 })
  })

  test('an action that could not be done twice answers what it answered', async () => {
    await using fixture = await start(hero('a', { coins: 1 }))
    expect(await send(fixture.store.session(), 'k1', spend)).toEqual({ answer: { coins: 0 }, repeated: false })
    expect(await send(fixture.store.session(), 'k1', spend)).toEqual({ answer: { coins: 0 }, repeated: true })
    await expect(send(fixture.store.session(), 'k2', spend)).rejects.toThrow('not enough coins')
  })

  test('an action whose statement cannot be run twice answers what it answered', async () => {
    await using fixture = await start()
    const bear: Deed<string> = async (tx) => (await tx.insert(Hero, hero('b'))).id
    await send(fixture.store.session(), 'k1', bear)
    // PostgreSQL takes no more statements in a transaction after one has failed.
    expect(await send(fixture.store.session(), 'k1', bear)).toEqual({ answer: 'b', repeated: true })
    await expect(send(fixture.store.session(), 'k2', bear)).rejects.toSatisfy(fixture.database.isDuplicate)
  })

  test('a repeat is answered where no retries are allowed, from an old row too', async () => {
    await using fixture = await start(hero('a', { coins: 1 }))
    const late = fixture.store.session()
    await late.get(Hero, 'a')
    await send(fixture.store.session(), 'k1', spend)
    expect(await send(late, 'k1', spend, 0)).toEqual({ answer: { coins: 0 }, repeated: true })
    expect(await send(fixture.store.session(), 'k1', spend, 0)).toEqual({ answer: { coins: 0 }, repeated: true })
    expect(await send(fixture.store.session(), 'k1', async () => 'else', 0)).toEqual({
      answer: { coins: 0 },
      repeated: true,
    })
  })

  test('what a transaction writes beside the action is written each time', async () => {
    await using fixture = await start(hero('a'), hero('before'), hero('after'))
    const visit = async (tx: StoreTransaction<Tables>, id: string) => {
      const row = await tx.get(Hero, id)
      if (row) await tx.update(Hero, { ...row, coins: row.coins + 1 })
    }
    const act = () =>
      fixture.store.session().transaction(async (tx) => {
        await visit(tx, 'before')
        const { repeated } = await tx.once('k1', 'a', () => earn(tx))
        await visit(tx, 'after')
        return repeated
      })
    expect([await act(), await act(), await act()]).toEqual([false, true, true])
    const rows = await fixture.store.session().getMany(Hero, ['before', 'a', 'after'])
    expect(rows.map((row) => row?.coins)).toEqual([3, 1, 3])
  })

  test('two actions in one transaction, or one within the other, are each applied once', async () => {
    await using fixture = await start(hero('a'))
    const session = () => fixture.store.session()
    const both = (one: string, two: string) =>
      session().transaction(async (tx) => [
        await tx.once(one, 'a', () => earn(tx)),
        await tx.once(two, 'a', () => earn(tx)),
      ])
    const nested = (one: string, two: string) =>
      send(session(), one, async (tx) => (await tx.once(two, 'a', () => earn(tx))).answer)
    await send(session(), 'k1', earn)
    expect((await both('k1', 'k2')).map(({ answer }) => answer.coins)).toEqual([1, 2])
    expect((await both('k3', 'k1')).map(({ answer }) => answer.coins)).toEqual([3, 1])
    expect((await nested('k4', 'k3')).answer.coins).toBe(3)
    expect((await nested('k4', 'k5')).answer.coins).toBe(3)
    expect((await stored(fixture))?.coins).toBe(3)
  })

  test('an action that failed is not kept, and its error comes as it was', async () => {
    await using fixture = await start(hero('a'))
    const error = new Error('not enough energy')
    const failing = send(fixture.store.session(), 'k1', async (tx) => {
      await tx.update(Hero, hero('a', { coins: 9 }))
      throw error
    })
    await expect(failing).rejects.toBe(error)
    expect(await fixture.store.session().recall('a', 'k1')).toBeNull()
    expect(await send(fixture.store.session(), 'k1', earn)).toEqual({ answer: { coins: 1 }, repeated: false })
  })

  test('an error of an action ends the transaction, where it is caught too: half of it would stay', async () => {
    await using fixture = await start(hero('a', { coins: 1 }))
    const act = () =>
      fixture.store.session().transaction(async (tx) => {
        try {
          return (await tx.once('k1', 'a', () => spend(tx))).answer.coins
        } catch {
          return 'refused'
        }
      })
    expect(await act()).toBe(0)
    expect(await act()).toBe(0)
    const half = fixture.store.session().transaction(async (tx) => {
      const failing = tx.once('k2', 'a', async () => {
        await tx.update(Hero, hero('a', { coins: 50, version: 2 }))
        throw new Error('change of mind')
      })
      await failing.catch(() => {})
    })
    await expect(half).rejects.toThrow('change of mind')
    expect((await stored(fixture))?.coins).toBe(0)
  })

  test('what is to be done after the commit is done once', async () => {
    await using fixture = await start(hero('a'))
    const told: string[] = []
    const deed: Deed<Answer> = (tx) => {
      tx.afterCommit(() => void told.push('coins'))
      return earn(tx)
    }
    await send(fixture.store.session(), 'k1', deed)
    await send(fixture.store.session(), 'k1', deed)
    expect(told).toEqual(['coins'])
  })

  test('whatever is sent how often at once, each key is applied once or not at all, and all who sent it hear the same', async () => {
    const sends = fc.array(fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'), { minLength: 1, maxLength: 16 })
    await fc.assert(
      fc.asyncProperty(sends, fc.nat(4), async (keys, coins) => {
        await using fixture = await start(hero('a', { coins }))
        const answers = await Promise.all(
          keys.map(async (key) => {
            const sent = send(fixture.store.session(), key, spend, 30)
            return { key, ...(await sent.catch((error: Error) => ({ answer: error.message, repeated: false }))) }
          }),
        )
        const byKey = [...Map.groupBy(answers, ({ key }) => key).values()]
        for (const same of byKey) expect(new Set(same.map(({ answer }) => JSON.stringify(answer))).size).toBe(1)
        const applied = byKey.filter(([first]) => typeof first?.answer === 'object')
        expect(applied).toHaveLength(Math.min(coins, byKey.length))
        for (const same of applied) expect(same.filter(({ repeated }) => !repeated)).toHaveLength(1)
        expect((await stored(fixture))?.coins).toBe(coins - applied.length)
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})

/** Until another connection waits for one that works on this fixture's tables. */
async function untilOneWaits({ database }: Fixture): Promise<void> {
  const waiting = async () => {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_stat_activity AS waiting WHERE EXISTS (
      SELECT 1 FROM pg_locks WHERE pid = ANY (pg_blocking_pids(waiting.pid))
      AND relation IN ('hero'::regclass, 'ledger'::regclass))`.execute(database.kysely)
    return rows[0]?.n
  }
  await expect.poll(waiting, { interval: 5 }).toBe(1)
}

describe.skipIf(!DIALECTS.includes('postgres'))('with transactions that overlap', () => {
  const start = (...heroes: HeroRow[]) => open(heroes, createLocalCache(), 'postgres')

  /** The first does its deed and then stands still; the second comes to wait for it. */
  async function overlapping(fixture: Fixture, deed: Deed<unknown>, end: () => unknown) {
    const did = gate()
    const mayEnd = gate()
    const first = send(fixture.store.session(), 'k1', async (tx) => {
      await deed(tx)
      did.open()
      await mayEnd.passed
      return end()
    })
    // Should it fail, that is looked at below.
    first.catch(() => {})
    await did.passed
    const second = send(fixture.store.session(), 'k1', async (tx) => {
      await deed(tx)
      return 'second'
    })
    return { first, second, mayEnd }
  }

  test('a repeat that waits for the row the first has written answers what the first does', async () => {
    await using fixture = await start(hero('a'))
    const { first, second, mayEnd } = await overlapping(fixture, earn, () => 'first')
    await untilOneWaits(fixture)
    mayEnd.open()
    expect([await first, await second]).toEqual([
      { answer: 'first', repeated: false },
      { answer: 'first', repeated: true },
    ])
    expect(await stored(fixture)).toMatchObject({ coins: 1, version: 2 })
  })

  test('a repeat waits where the answer is to be kept, if nowhere else', async () => {
    await using fixture = await start(hero('a'))
    const kept = gate()
    const mayEnd = gate()
    const first = fixture.store.session().transaction(async (tx) => {
      const sent = await tx.once('k1', 'a', async () => 'first')
      kept.open()
      await mayEnd.passed
      return sent
    })
    await kept.passed
    const second = send(fixture.store.session(), 'k1', async () => 'second')
    await untilOneWaits(fixture)
    mayEnd.open()
    expect([await first, await second]).toEqual([
      { answer: 'first', repeated: false },
      { answer: 'first', repeated: true },
    ])
  })

  test('a repeat is applied when the first, for which it waits, comes to nothing', async () => {
    await using fixture = await start(hero('a'))
    const { first, second, mayEnd } = await overlapping(fixture, earn, () => {
      throw new Error('change of mind')
    })
    await untilOneWaits(fixture)
    mayEnd.open()
    expect(await second).toEqual({ answer: 'second', repeated: false })
    // By the time that the first looks whether it had been applied, the second may have been: the same action, after all.
    const heard = await first.then(({ answer }) => answer).catch((error: Error) => error.message)
    expect(['change of mind', 'second']).toContain(heard)
    expect(await stored(fixture)).toMatchObject({ coins: 1, version: 2 })
  })

  test('a repeat whose statement fails because of the first answers what the first did', async () => {
    await using fixture = await start()
    const { first, second, mayEnd } = await overlapping(
      fixture,
      (tx) => tx.insert(Hero, hero('b')),
      () => 'first',
    )
    await untilOneWaits(fixture)
    mayEnd.open()
    expect([await first, await second].map(({ answer }) => answer)).toEqual(['first', 'first'])
  })

  test('two who wait for each other’s rows are one that goes on and one that runs again', async () => {
    await using fixture = await start(hero('a'), hero('b'))
    const both = [gate(), gate()]
    let runs = 0
    const cross = (index: number, ids: string[]) =>
      fixture.store.session().transaction(async (tx) => {
        runs++
        for (const id of ids) {
          const row = await tx.get(Hero, id)
          if (row) await tx.update(Hero, { ...row, coins: row.coins + 1 })
          both[index]?.open()
          await both[1 - index]?.passed
        }
      })
    await Promise.all([cross(0, ['a', 'b']), cross(1, ['b', 'a'])])
    const rows = await fixture.store.session().getMany(Hero, ['a', 'b'])
    expect(rows.map((row) => row?.coins)).toEqual([2, 2])
    expect(runs).toBeGreaterThan(2)
    expect(fixture.store.counters.of('database').conflicts).toBe(1)
  })
})

// What a database does whose transactions overlap: the other's row is there when ours is to be kept.
test('where another kept an answer meanwhile, the action is rolled back and runs again', async () => {
  await using fixture = await open([hero('a')])
  let runs = 0
  const sent = await send(fixture.store.session(), 'k1', async (tx) => {
    runs++
    await tx.db.insertInto('ledger').values({ owner: 'a', key: 'k1', answer: '"theirs"', at: 1 }).execute()
    if (runs === 1) return 'mine'
    await tx.db.deleteFrom('ledger').execute()
    return 'again'
  })
  expect(sent).toEqual({ answer: 'again', repeated: false })
  expect(fixture.store.counters.of('ledger').conflicts).toBe(1)
})

test('the same key of two owners is two actions', async () => {
  await using fixture = await open()
  const { store } = fixture
  const ask = (owner: string) => store.session().transaction((tx) => tx.once('k', owner, async () => owner))
  expect([await ask('a'), await ask('b')].map(({ answer }) => answer)).toEqual(['a', 'b'])
})

test('a kept answer can be recalled, an unkept one is null', async () => {
  await using fixture = await open([hero('a')])
  await send(fixture.store.session(), 'k1', earn)
  expect(await fixture.store.session().recall<Answer>('a', 'k1')).toEqual({ coins: 1 })
  expect(await fixture.store.session().recall('a', 'k2')).toBeNull()
  expect(await fixture.store.session().recall('b', 'k1')).toBeNull()
})

test('an action without an answer is kept too', async () => {
  await using fixture = await open([hero('a')])
  const act = () => send(fixture.store.session(), 'k', async (tx) => void (await earn(tx)))
  await act()
  expect((await act()).repeated).toBe(true)
  expect((await stored(fixture))?.coins).toBe(1)
})

test('a repeat that arrives while the first is under way waits for its answer', async () => {
  await using fixture = await open()
  const began = gate()
  const goOn = gate()
  const first = send(fixture.store.session(), 'k', async () => {
    began.open()
    await goOn.passed
    return 'first'
  })
  await began.passed
  const second = send(fixture.store.session(), 'k', async () => 'second')
  goOn.open()
  expect([(await first).answer, (await second).answer]).toEqual(['first', 'first'])
})

test('pruning takes the oldest answers before a time, no more than its bound', async () => {
  await using fixture = await open()
  const { database } = fixture
  const rows = Array.from({ length: 10 }, (_, n) => ({ owner: 'a', key: `k${n}`, answer: '1', at: n }))
  await database.kysely.insertInto('ledger').values(rows).execute()
  expect(await pruneLedger(database, 6, 4)).toBe(4)
  expect(await pruneLedger(database, 6, 4)).toBe(2)
  expect(await pruneLedger(database, 6, 4)).toBe(0)
  const left = await database.kysely.selectFrom('ledger').select('at').orderBy('at').execute()
  expect(left.map(({ at }) => at)).toEqual([6, 7, 8, 9])
})
