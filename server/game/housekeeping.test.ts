import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../store/scratch.ts'
import { cookieOf, form, serveGame, type Served } from './fixture.ts'
import { weekOf } from './rules/time.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 24, 18)
const LATER = NOW + 31 * DAY

/** The cookie of a guest who has just come, after what they do. */
async function guest(game: Served, path = '/'): Promise<string> {
  return cookieOf(await game.ask(path))
}
const rows = (game: Served) =>
  game.database.kysely.selectFrom('player').select(['id', 'week', 'week_xp as xp', 'version']).orderBy('id').execute()

describe.each(DIALECTS)('on %s', (dialect) => {
  test('an empty village is peopled, and on Monday all of them are on the new ladder by a versioned write', async () => {
    await using game = await serveGame(NOW, dialect)
    await game.game.populate()
    const before = await rows(game)
    expect(before).toHaveLength(300)
    game.clock.now = NOW + 7 * DAY
    await game.game.housekeep()
    const after = await rows(game)
    expect(after.every(({ week, version }) => week === weekOf(game.clock.now) && version === 2)).toBe(true)
    expect(after.filter(({ xp }) => xp > 0).length).toBeGreaterThan(100)
    expect(after.map(({ xp }) => xp)).not.toEqual(before.map(({ xp }) => xp))
    await game.game.housekeep()
    expect(await rows(game)).toEqual(after)
  })

  test('the ladder of a new week shows the crowd to who saw it the week before', async () => {
    await using game = await serveGame(NOW, dialect)
    await game.game.populate()
    const Cookie = await guest(game)
    const rungs = async () => (await game.ask('/ladder', { headers: { Cookie } })).text.match(/ xp<\/span>/g)?.length
    expect(await rungs()).toBe(20)
    game.clock.now = NOW + 7 * DAY
    await game.game.housekeep()
    expect(await rungs()).toBe(20)
  })

  test('a start in a new week puts the crowd on its ladder', async () => {
    await using game = await serveGame(NOW, dialect)
    await game.game.populate()
    game.clock.now = NOW + 7 * DAY
    await game.game.populate()
    expect((await rows(game)).every(({ week }) => week === weekOf(game.clock.now))).toBe(true)
  })

  test('a member of the crowd attacked early on Monday gets their week’s experience all the same', async () => {
    await using game = await serveGame(NOW, dialect)
    await game.game.populate()
    game.clock.now = NOW + 7 * DAY
    await game.game.housekeep()
    const whole = await rows(game)
    await game.database.kysely.updateTable('player').set({ week_xp: 0 }).execute()
    await game.game.housekeep()
    expect((await rows(game)).map(({ xp }) => xp)).toEqual(whole.map(({ xp }) => xp))
  })

  test('a guest who never did anything is forgotten after 30 days, and is a guest again when they come back', async () => {
    await using game = await serveGame(NOW, dialect)
    const Cookie = await guest(game)
    await game.game.housekeep()
    expect(await game.players()).toBe(1)
    game.clock.now = LATER
    await game.game.housekeep()
    expect(await game.players()).toBe(0)
    const back = await game.ask('/', { headers: { Cookie } })
    expect(back.status).toBe(200)
    expect(cookieOf(back)).not.toBe('')
    expect(await game.players()).toBe(1)
  })

  test.each<[string, string, Record<string, string>]>([
    ['did a mission', '/missions', { action: 'mission', mission: 'gather-kindling' }],
    ['took a name', '/hero', { action: 'rename', name: 'Mog', avatar: 'elf' }],
    ['called a friend', '/friends', { action: 'invite' }],
  ])('who %s stays', async (_what, path, fields) => {
    await using game = await serveGame(NOW, dialect)
    const sent = form({ ...fields, key: 'key-00001' })
    const Cookie = await guest(game)
    expect((await game.ask(path, { ...sent, headers: { ...sent.headers, Cookie } })).status).toBe(303)
    game.clock.now = LATER
    await game.game.housekeep()
    expect(await game.players()).toBe(1)
  })

  test('being attacked or written to is nothing one did; what was written goes too, and a friend’s band is without them', async () => {
    await using game = await serveGame(NOW, dialect)
    const session = () => game.store.session()
    const host = await game.actions.newGuest(session())
    await game.actions.act(session(), host.id, { kind: 'mission', mission: 'gather-kindling' }, 'key-00001')
    const friend = await game.actions.newGuest(session(), host.code)
    await game.actions.act(session(), host.id, { kind: 'attack', rival: friend.id }, 'key-00002')
    expect(await game.actions.band(session(), host.id)).toHaveLength(1)
    game.clock.now = LATER
    await game.game.housekeep()
    expect(await game.players()).toBe(1)
    expect(await game.actions.band(session(), host.id)).toEqual([])
    expect(await game.actions.news(session(), friend.id)).toEqual([])
  })

  test('the crowd is never taken for idle guests', async () => {
    await using game = await serveGame(NOW, dialect)
    await game.game.populate()
    game.clock.now = NOW + 400 * DAY
    await game.game.housekeep()
    expect(await game.players()).toBe(300)
  })

  test('more guests than one portion go in one call', async () => {
    await using game = await serveGame(NOW, dialect)
    for (let index = 0; index < 130; index++) await game.actions.newGuest(game.store.session())
    game.clock.now = LATER
    await game.game.housekeep()
    expect(await game.players()).toBe(0)
  })
})
