import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { createLocalCache } from '../cache/local.ts'
import { createBus } from '../live/bus.ts'
import type { LiveMessage } from '../live/bus.ts'
import type { Database } from '../store/database.ts'
import { storeMigrations } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { DIALECTS, scratchDatabase } from '../store/scratch.ts'
import { createStore } from '../store/store.ts'
import type { TrackedEvent } from '../wire/event.ts'
import { createActions } from './actions.ts'
import { crowdPlayer, seedCrowd } from './crowd.ts'
import { PLAYER } from './entities.ts'
import type { Tables } from './entities.ts'
import { gameMigrations } from './migrations.ts'
import { newcomer } from './newcomer.ts'
import { newsTopic } from './news.ts'
import { curves } from './rules/data/curves.ts'
import { RuleError } from './rules/error.ts'
import { priceOf } from './rules/market.ts'
import { itemOf } from './rules/lookup.ts'
import type { Action, Player } from './rules/types.ts'

const NOW = Date.UTC(2026, 10, 24, 18)
const KINDLING: Action = { kind: 'mission', mission: 'gather-kindling' }

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** How the database goes about a statement; PostgreSQL's for any values, and as if the tables were large. */
async function planOf(database: Database<Tables>, statement: string): Promise<string> {
  if (database.dialect === 'sqlite') {
    const { rows } = await sql.raw<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`).execute(database.kysely)
    return rows.map(({ detail }) => detail).join('\n')
  }
  return database.transaction(async (db) => {
    for (const setting of ['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'enable_sort = off'])
      await sql.raw(`SET LOCAL ${setting}`).execute(db)
    await sql.raw(`PREPARE asked AS ${statement}`).execute(db)
    const values = Array.from(new Set(statement.match(/\$\d+/g)), () => 'NULL').join()
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE asked(${values})`).execute(db)
    await sql`DEALLOCATE asked`.execute(db)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}

describe.each(DIALECTS)('on %s', (dialect) => {
  /** A game on a database of its own, with a clock that the test turns. */
  async function game(options: { crowd?: number } = {}) {
    const statements: string[] = []
    const scratch = await scratchDatabase<Tables>(dialect, { onStatement: (sql) => void statements.push(sql) })
    opened.push(async () => await scratch[Symbol.asyncDispose]())
    const { database } = scratch
    await migrate(database, { ...storeMigrations, ...gameMigrations })
    if (options.crowd) await seedCrowd(database, options.crowd, NOW)
    const store = createStore<Tables>({ database, cache: createLocalCache() })
    const bus = createBus()
    const tracked: (TrackedEvent & { user: string })[] = []
    const clock = { now: NOW }
    const actions = createActions({
      store,
      bus,
      events: { track: (user, events) => void tracked.push(...events.map((event) => ({ user, ...event }))) },
      clock: () => clock.now,
      salt: 'salt',
    })
    const session = () => store.session()
    const change = (id: string, changes: Partial<Player>) =>
      session().transaction(async (tx) => {
        const player = await tx.get(PLAYER, id)
        if (player) await tx.update(PLAYER, { ...player, ...changes })
      })
    return { ...actions, database, store, bus, tracked, clock, session, change, statements }
  }

  test('a guest arrives playable: level 1, rested, named, with a code to give away', async () => {
    const { newGuest, refresh, session, tracked } = await game()
    const player = await newGuest(session())
    expect(player).toMatchObject({ level: 1, energy: curves.energy.start, version: 1, band: 0, invitedBy: null })
    expect(player.id).toMatch(/^[a-z2-9]{12}$/)
    expect(player.code).toMatch(/^[a-z2-9]{7}$/)
    expect(player.name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(await refresh(session(), player.id)).toEqual(player)
    expect(tracked).toEqual([expect.objectContaining({ user: player.id, name: 'install' })])
  })

  test('an action is stored, and its outcome with it', async () => {
    const { newGuest, act, refresh, session, tracked } = await game()
    const { id } = await newGuest(session())
    const { player, outcome, repeated } = await act(session(), id, KINDLING, 'key-00001')
    expect(repeated).toBe(false)
    expect(player).toMatchObject({ version: 2, energy: 28, mastery: { 'gather-kindling': 1 } })
    expect(await refresh(session(), id)).toEqual(player)
    expect(outcome.gains.energy).toBe(-2)
    expect(tracked.at(-1)).toMatchObject({ user: id, name: 'mission', data: { mission: 'gather-kindling' } })
  })

  test('an action sent again with its key answers the same and is not done again', async () => {
    const { newGuest, act, session, tracked } = await game()
    const { id } = await newGuest(session())
    const first = await act(session(), id, KINDLING, 'key-00001')
    const again = await act(session(), id, KINDLING, 'key-00001')
    expect(again).toEqual({ ...first, repeated: true })
    expect(tracked.filter(({ name }) => name === 'mission')).toHaveLength(1)
  })

  test('sent ten times at once with one key, it is done once', async () => {
    const { newGuest, act, session } = await game()
    const { id } = await newGuest(session())
    const all = await Promise.all(Array.from({ length: 10 }, () => act(session(), id, KINDLING, 'key-00001')))
    expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(all.every(({ player }) => player.mastery['gather-kindling'] === 1)).toBe(true)
  })

  test('ten different keys at once are ten doings, none lost', async () => {
    const { newGuest, act, session } = await game()
    const { id } = await newGuest(session())
    await Promise.all(Array.from({ length: 10 }, (_, index) => act(session(), id, KINDLING, `key-0000${index}`)))
    const { player } = await act(session(), id, KINDLING, 'key-00010')
    expect(player.mastery['gather-kindling']).toBe(11)
  })

  test('a key used for another action is refused, and neither is done', async () => {
    const { newGuest, act, refresh, session } = await game()
    const { id } = await newGuest(session())
    const { player } = await act(session(), id, KINDLING, 'key-00001')
    await expect(act(session(), id, { kind: 'fight', monster: 'rat' }, 'key-00001')).rejects.toMatchObject({
      code: 'key',
      status: 422,
    })
    expect(await refresh(session(), id)).toEqual(player)
  })

  test('one player’s key is not another’s', async () => {
    const { newGuest, act, session } = await game()
    const [one, two] = [await newGuest(session()), await newGuest(session())]
    await act(session(), one.id, KINDLING, 'key-00001')
    expect(await act(session(), two.id, KINDLING, 'key-00001')).toMatchObject({ repeated: false })
  })

  test('the outcome can be recalled by its key', async () => {
    const { newGuest, act, session } = await game()
    const { id } = await newGuest(session())
    const { outcome } = await act(session(), id, KINDLING, 'key-00001')
    expect(await session().recall(id, 'key-00001')).toMatchObject(outcome)
  })

  test.for<[string, Action, string, number]>([
    ['an unknown mission', { kind: 'mission', mission: 'drink-the-sea' }, 'unknown', 404],
    ['an unknown monster', { kind: 'fight', monster: '' }, 'unknown', 404],
    ['an unknown rival', { kind: 'attack', rival: 'nobody' }, 'unknown', 404],
    ['a negative price', { kind: 'buy', item: 'wool-cap', price: -5 }, 'input', 422],
    ['a price that is no number', { kind: 'buy', item: 'wool-cap', price: NaN }, 'input', 422],
    ['a stale price', { kind: 'buy', item: 'wool-cap', price: 1 }, 'stale', 409],
    ['a stale building level', { kind: 'build', building: 'hearth', level: 1 }, 'stale', 409],
    ['a negative building level', { kind: 'build', building: 'hearth', level: -1 }, 'input', 422],
    ['gear that is not owned', { kind: 'equip', item: 'wool-cap' }, 'missing', 409],
    ['a name of control characters', { kind: 'rename', name: '\u0007', avatar: 'mage' }, 'input', 422],
  ])('%s is refused and leaves everything as it was', async ([, action, code, status]) => {
    const { newGuest, act, refresh, session } = await game()
    const guest = await newGuest(session())
    const refusal = await act(session(), guest.id, action, 'key-00001').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RuleError)
    expect(refusal).toMatchObject({ code, status })
    expect(await refresh(session(), guest.id)).toEqual(guest)
    // The refused key is free: the player corrects the form and sends it again.
    expect(await act(session(), guest.id, KINDLING, 'key-00001')).toMatchObject({ repeated: false })
  })

  test('attacking oneself is refused', async () => {
    const { newGuest, act, session } = await game()
    const { id } = await newGuest(session())
    await expect(act(session(), id, { kind: 'attack', rival: id }, 'key-00001')).rejects.toMatchObject({
      code: 'self',
      status: 422,
    })
  })

  test('a malformed key and a player who is gone are refused', async () => {
    const { newGuest, act, session } = await game()
    const { id } = await newGuest(session())
    await expect(act(session(), id, KINDLING, 'short')).rejects.toMatchObject({ code: 'key', status: 422 })
    await expect(act(session(), 'nobody', KINDLING, 'key-00001')).rejects.toMatchObject({
      code: 'unknown',
      status: 404,
    })
  })

  test('a rival attacked loses health, has it in the news, and hears of it at once', async () => {
    const { newGuest, act, refresh, news, markRead, bus, session } = await game()
    const [me, rival] = [await newGuest(session()), await newGuest(session())]
    const heard: LiveMessage[] = []
    bus.subscribe(newsTopic(rival.id), (message) => void heard.push(message))
    await act(session(), me.id, { kind: 'attack', rival: rival.id }, 'key-00001')
    const after = await refresh(session(), rival.id)
    expect(after.health).toBeLessThan(rival.health)
    expect(after.unread).toBe(1)
    const [entry] = await news(session(), rival.id)
    expect(entry).toMatchObject({ kind: 'attacked', from: me.id, picture: me.avatar, at: NOW })
    expect(heard).toEqual([{ id: String(entry?.id), event: 'news', data: entry }])
    expect(await markRead(session(), rival.id, entry?.id ?? 0)).toMatchObject({ unread: 0, newsRead: entry?.id })
  })

  test('an attack repeated by its key hurts once and is told once', async () => {
    const { newGuest, act, refresh, news, session } = await game()
    const [me, rival] = [await newGuest(session()), await newGuest(session())]
    const attack: Action = { kind: 'attack', rival: rival.id }
    await act(session(), me.id, attack, 'key-00001')
    const { health } = await refresh(session(), rival.id)
    await act(session(), me.id, attack, 'key-00001')
    expect((await refresh(session(), rival.id)).health).toBe(health)
    expect(await news(session(), rival.id)).toHaveLength(1)
  })

  test('two who attack each other at once both have their say', async () => {
    const { newGuest, act, refresh, session } = await game()
    const [one, two] = [await newGuest(session()), await newGuest(session())]
    await Promise.all([
      act(session(), one.id, { kind: 'attack', rival: two.id }, 'key-00001'),
      act(session(), two.id, { kind: 'attack', rival: one.id }, 'key-00002'),
    ])
    for (const { id } of [one, two]) {
      const { wins, losses, unread } = await refresh(session(), id)
      expect({ fights: wins + losses, unread }).toEqual({ fights: 1, unread: 1 })
    }
  })

  test('news comes newest first, and after an entry what followed it in order', async () => {
    const { newGuest, act, news, change, session } = await game()
    const [me, rival] = [await newGuest(session()), await newGuest(session())]
    for (let index = 0; index < 4; index++) {
      await change(me.id, { health: 100 })
      await change(rival.id, { health: 100 })
      await act(session(), me.id, { kind: 'attack', rival: rival.id }, `key-0000${index}`)
    }
    const ids = (await news(session(), rival.id)).map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted((a, b) => b - a))
    expect((await news(session(), rival.id, ids[2])).map(({ id }) => id)).toEqual([ids[1], ids[0]])
    expect(await news(session(), rival.id, undefined, 2)).toHaveLength(2)
    expect(await news(session(), me.id)).toEqual([])
  })

  test('whoever invited a guest is credited once: band, friends, news, event', async () => {
    const { newGuest, refresh, band, news, session, tracked } = await game()
    const host = await newGuest(session())
    expect(await band(session(), host.id)).toEqual([])
    const guest = await newGuest(session(), host.code.toUpperCase())
    expect(guest.invitedBy).toBe(host.id)
    expect(await refresh(session(), host.id)).toMatchObject({ band: 1, unread: 1 })
    expect(await news(session(), host.id)).toEqual([expect.objectContaining({ kind: 'joined', from: guest.id })])
    expect((await band(session(), host.id)).map(({ id }) => id)).toEqual([guest.id])
    expect((await band(session(), guest.id)).map(({ id }) => id)).toEqual([host.id])
    expect(tracked.filter(({ name }) => name === 'invite-accepted')).toEqual([
      expect.objectContaining({ user: host.id, data: { by: guest.id } }),
    ])
  })

  test('many guests by one link at once are all credited', async () => {
    const { newGuest, refresh, session } = await game()
    const host = await newGuest(session())
    await Promise.all(Array.from({ length: 5 }, () => newGuest(session(), host.code)))
    expect((await refresh(session(), host.id)).band).toBe(5)
  })

  test('a worn invite link lets the guest in all the same', async () => {
    const { newGuest, session } = await game()
    expect(await newGuest(session(), 'x'.repeat(5000))).toMatchObject({ invitedBy: null })
    expect(await newGuest(session(), "' OR 1=1 --")).toMatchObject({ invitedBy: null })
  })

  test('an invite code that is taken is drawn again', async () => {
    const { newGuest, database, session } = await game()
    const { code } = await newGuest(session())
    const draws = [code, code, 'another']
    const welcome = { installed: () => {}, accepted: () => {} }
    const guest = await newcomer({
      session: session(),
      database,
      now: NOW,
      welcome,
      draw: () => draws.shift() ?? 'none',
    })
    expect(guest.code).toBe('another')
  })

  test('rivals are six others of about the same level who can stand', async () => {
    const { newGuest, rivals, change, refresh, session } = await game({ crowd: 600 })
    const { id } = await newGuest(session())
    for (const level of [1, 3, 8]) {
      await change(id, { level })
      const found = await rivals(session(), await refresh(session(), id))
      expect(found).toHaveLength(6)
      expect(new Set(found.map(({ id }) => id)).size).toBe(6)
      for (const rival of found) {
        expect(rival.id).not.toBe(id)
        expect(Math.abs(rival.level - level)).toBeLessThanOrEqual(2)
      }
    }
  })

  test('rivals stay while one looks, and change after a fight', async () => {
    const { newGuest, rivals, session } = await game({ crowd: 600 })
    const player = await newGuest(session())
    const ids = async (player: Player) => (await rivals(session(), player)).map(({ id }) => id)
    const before = await ids(player)
    expect(await ids(player)).toEqual(before)
    // One draw in ninety is the same by chance.
    const later = await Promise.all([1, 2, 3, 4].map((wins) => ids({ ...player, wins })))
    expect(later).not.toEqual(later.map(() => before))
  })

  test('where few are, fewer rivals are offered, and the knocked out not at all', async () => {
    const { newGuest, rivals, change, session } = await game()
    const [me, fit, hurt] = [await newGuest(session()), await newGuest(session()), await newGuest(session())]
    await change(hurt.id, { health: 3 })
    expect((await rivals(session(), me)).map(({ id }) => id)).toEqual([fit.id])
  })

  test('the ladder has the week’s best twenty and one’s own place among its neighbours', async () => {
    const { newGuest, ladder, change, refresh, session } = await game({ crowd: 400 })
    const { id } = await newGuest(session())
    const none = await ladder(session(), await refresh(session(), id))
    expect(none.mine).toBeNull()
    expect(none.top).toHaveLength(20)
    expect(none.top.map(({ xp }) => xp)).toEqual(none.top.map(({ xp }) => xp).toSorted((a, b) => b - a))

    await change(id, { weekXp: 40 })
    const { mine, around } = await ladder(session(), await refresh(session(), id))
    expect(mine?.place).toBeGreaterThan(20)
    expect(around.map(({ place }) => place)).toEqual([-2, -1, 0, 1, 2].map((step) => (mine?.place ?? 0) + step))
    expect(around[2]?.player.id).toBe(id)
    expect(around.map(({ xp }) => xp)).toEqual(around.map(({ xp }) => xp).toSorted((a, b) => b - a))
  })

  test('every place on the ladder is given once, ties in the order of ids', async () => {
    const { newGuest, ladder, change, refresh, session } = await game({ crowd: 60 })
    const tied = await Promise.all(Array.from({ length: 4 }, () => newGuest(session())))
    for (const { id } of tied) await change(id, { weekXp: 1 })
    const crowd = Array.from({ length: 60 }, (_, index) => crowdPlayer(index, NOW))
    const standings = [...crowd, ...tied.map(({ id }) => ({ id, weekXp: 1 }))]
    const order = standings.sort((a, b) => b.weekXp - a.weekXp || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
    for (const { id } of tied) {
      const { mine } = await ladder(session(), await refresh(session(), id))
      expect(mine?.place).toBe(1 + order.indexOf(id))
    }
  })

  test('the best of the week see themselves at the top', async () => {
    const { newGuest, ladder, change, refresh, session } = await game({ crowd: 100 })
    const { id } = await newGuest(session())
    await change(id, { weekXp: 90_000 })
    const { top, mine, around } = await ladder(session(), await refresh(session(), id))
    expect(top[0]?.player.id).toBe(id)
    expect(mine).toMatchObject({ place: 1, xp: 90_000 })
    expect(around).toEqual([])
  })

  test('reading a player who is cached asks the database nothing', async () => {
    const { newGuest, refresh, session, statements } = await game()
    const { id } = await newGuest(session())
    await refresh(session(), id)
    statements.length = 0
    await refresh(session(), id)
    expect(statements).toEqual([])
  })

  test('an attack writes the two players in the order of their ids, whoever attacks', async () => {
    const { newGuest, act, session } = await game()
    const ids = [(await newGuest(session())).id, (await newGuest(session())).id].sort()
    for (const [index, rival] of ids.entries()) {
      const attacker = session()
      const transaction = attacker.transaction.bind(attacker)
      const written: string[] = []
      attacker.transaction = (work, options) =>
        transaction((tx) => {
          const update = tx.update.bind(tx)
          tx.update = (entity, row) => (written.push(row.id), update(entity, row))
          return work(tx)
        }, options)
      await act(attacker, ids[1 - index] ?? '', { kind: 'attack', rival }, 'key-00001')
      expect(written).toEqual(ids)
    }
  })

  test('an attack, warm, is one transaction of two players, the news and the ledger: four statements', async () => {
    const { newGuest, act, refresh, session, statements } = await game()
    const [me, rival] = [await newGuest(session()), await newGuest(session())]
    for (const { id } of [me, rival]) await refresh(session(), id)
    statements.length = 0
    await act(session(), me.id, { kind: 'attack', rival: rival.id }, 'key-00001')
    const did = statements.map((statement) => statement.toLowerCase().replaceAll('"', '').split(' '))
    expect(did.map(([verb]) => verb)).toEqual(['begin', 'update', 'update', 'insert', 'insert', 'commit'])
    expect(did.slice(3, 5).map(([, , table]) => table)).toEqual(['news', 'ledger'])
  })

  test('an action of one player costs at most six statements, begin and commit included', async () => {
    const { newGuest, act, session, statements } = await game()
    const { id } = await newGuest(session())
    await act(session(), id, KINDLING, 'key-00001')
    statements.length = 0
    await act(session(), id, { kind: 'buy', item: 'wool-cap', price: priceOf(itemOf('wool-cap'), NOW) }, 'key-00002')
    expect(statements.length).toBeLessThanOrEqual(6)
  })

  test('finding rivals and standings among many stays on the indexes', async () => {
    const { newGuest, rivals, ladder, refresh, change, database, session, statements } = await game({ crowd: 50 })
    const { id } = await newGuest(session())
    await change(id, { weekXp: 1 })
    const player = await refresh(session(), id)
    statements.length = 0
    await rivals(session(), player)
    await ladder(session(), player)
    const asked = statements.filter((statement) => /\bplayer\b/.test(statement))
    expect(asked.length).toBeGreaterThanOrEqual(5)
    for (const statement of asked) {
      const plan = await planOf(database, statement)
      expect(plan).toMatch(/SEARCH player USING|Index (?:Only )?Scan/)
      expect(plan).not.toMatch(/SCAN player|TEMP B-TREE|Seq Scan|Sort/)
    }
  })
})
