import { expect, test } from 'vitest'
import { gate, Hero, hero, open, type Tables } from './fixture.ts'
import { pruneLedger } from './ledger.ts'
import type { Session } from './session.ts'

interface Answer {
  coins: number
}

async function earnOnce(session: Session<Tables>, key: string): Promise<{ answer: Answer; repeated: boolean }> {
  return session.transaction((tx) =>
    tx.once(key, 'a', async () => {
      const row = await tx.get(Hero, 'a')
      if (!row) throw new Error('no hero')
      const { coins } = await tx.update(Hero, { ...row, coins: row.coins + 1 })
      return { coins }
    }),
  )
}

test('an action sent twice is applied once and answers the same', async () => {
  await using fixture = await open([hero('a')])
  expect(await earnOnce(fixture.store.session(), 'k1')).toEqual({ answer: { coins: 1 }, repeated: false })
  expect(await earnOnce(fixture.store.session(), 'k1')).toEqual({ answer: { coins: 1 }, repeated: true })
  expect(await earnOnce(fixture.store.session(), 'k2')).toEqual({ answer: { coins: 2 }, repeated: false })
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(2)
})

test('an action sent ten times at once is applied once', async () => {
  await using fixture = await open([hero('a')])
  const sent = await Promise.all(Array.from({ length: 10 }, () => earnOnce(fixture.store.session(), 'k1')))
  expect(sent.map(({ answer }) => answer.coins)).toEqual(Array.from({ length: 10 }, () => 1))
  expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(1)
})

// What a database does whose transactions overlap: the other's row appears between looking and keeping.
test('where another kept an answer meanwhile, the action is rolled back and runs again', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  let runs = 0
  const sent = await session.transaction((tx) =>
    tx.once('k1', 'a', async () => {
      runs++
      await tx.db.insertInto('ledger').values({ owner: 'a', key: 'k1', answer: '"theirs"', at: 1 }).execute()
      if (runs === 1) return 'mine'
      await tx.db.deleteFrom('ledger').execute()
      return 'again'
    }),
  )
  expect(sent).toEqual({ answer: 'again', repeated: false })
  expect(fixture.store.counters.of('ledger').conflicts).toBe(1)
})

test('the same key of two owners is two actions', async () => {
  await using fixture = await open()
  const { store } = fixture
  const ask = (owner: string) => store.session().transaction((tx) => tx.once('k', owner, async () => owner))
  expect([await ask('a'), await ask('b')].map(({ answer }) => answer)).toEqual(['a', 'b'])
})

test('an action that failed is not kept', async () => {
  await using fixture = await open([hero('a')])
  const failing = fixture.store.session().transaction((tx) =>
    tx.once('k1', 'a', async () => {
      await tx.update(Hero, hero('a', { coins: 9 }))
      throw new Error('not enough energy')
    }),
  )
  await expect(failing).rejects.toThrow('not enough energy')
  expect(await fixture.store.session().recall('a', 'k1')).toBeNull()
  expect((await earnOnce(fixture.store.session(), 'k1')).answer).toEqual({ coins: 1 })
})

test('a kept answer can be recalled, an unkept one is null', async () => {
  await using fixture = await open([hero('a')])
  await earnOnce(fixture.store.session(), 'k1')
  expect(await fixture.store.session().recall<Answer>('a', 'k1')).toEqual({ coins: 1 })
  expect(await fixture.store.session().recall('a', 'k2')).toBeNull()
  expect(await fixture.store.session().recall('b', 'k1')).toBeNull()
})

test('an action without an answer is kept too', async () => {
  await using fixture = await open()
  let runs = 0
  const act = () => fixture.store.session().transaction((tx) => tx.once('k', 'a', async () => void runs++))
  await act()
  expect((await act()).repeated).toBe(true)
  expect(runs).toBe(1)
})

test('a repeat that arrives while the first is under way waits for its answer', async () => {
  await using fixture = await open()
  const began = gate()
  const goOn = gate()
  const first = fixture.store.session().transaction((tx) =>
    tx.once('k', 'a', async () => {
      began.open()
      await goOn.passed
      return 'first'
    }),
  )
  await began.passed
  const second = fixture.store.session().transaction((tx) => tx.once('k', 'a', async () => 'second'))
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
