import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../store/scratch.ts'
import { PLAYER } from '../entities.ts'
import { cookieOf, type Served, serveGame } from '../fixture.ts'
import { writeNews } from '../news.ts'

const NOW = Date.UTC(2026, 10, 24, 18)

function write(game: Served, player: string, text: string) {
  return game.store.session().transaction(async (tx) => {
    const row = await tx.get(PLAYER, player)
    if (row) await tx.update(PLAYER, { ...row, unread: row.unread + 1 })
    return writeNews(tx, { player, kind: 'attacked', text, picture: 'avatars/elf', from: 'x' }, NOW)
  })
}

describe.each(DIALECTS)('on %s', (dialect) => {
  /** A game, a player in it whose browser asks with `headers`, and a way to write to them. */
  async function reader() {
    const game = await serveGame(NOW, dialect)
    const Cookie = cookieOf(await game.ask('/'))
    const [row] = await game.database.kysely.selectFrom('player').select('id').execute()
    const id = row?.id ?? ''
    return {
      game,
      id,
      ask: (path: string, headers: Record<string, string> = {}, method = 'GET') =>
        game.ask(path, { method, headers: { ...headers, Cookie } }),
      write: (text: string) => write(game, id, text),
      unread: async () => (await game.actions.refresh(game.store.session(), id)).unread,
      [Symbol.asyncDispose]: () => game[Symbol.asyncDispose](),
    }
  }

  test('news that is shown is read: marked in the list, gone from the bell of the same page', async () => {
    await using one = await reader()
    await one.write('Mog was here.')
    expect((await one.ask('/')).text).toContain('News, 1 unread')
    const { text } = await one.ask('/feed')
    expect(text).toContain('Mog was here.')
    expect(text).toContain('person new')
    expect(text).not.toContain('unread"')
    expect((await one.ask('/feed')).text).not.toContain('person new')
  })

  test('parts of the page are a view as well', async () => {
    await using one = await reader()
    await one.write('Mog was here.')
    const { text } = await one.ask('/feed', { Fragment: 'hud, main' })
    expect(text).toContain('person new')
    expect(text).not.toContain('unread"')
  })

  test.each<[string, string, Record<string, string>]>([
    ['HEAD', 'HEAD', {}],
    ['a page the browser fetches ahead', 'GET', { 'Sec-Purpose': 'prefetch' }],
    ['the worker’s copy', 'GET', { Purpose: 'prefetch', Accept: 'text/html' }],
  ])('%s marks nothing as read', async (_what, method, headers) => {
    await using one = await reader()
    await one.write('Mog was here.')
    expect((await one.ask('/feed', headers, method)).status).toBe(200)
    expect(await one.unread()).toBe(1)
    expect((await one.ask('/feed')).text).toContain('person new')
  })

  test('what came after the newest one shown stays unread', async () => {
    await using one = await reader()
    const shown = await one.write('Mog was here.')
    await one.write('Mog came back.')
    const { game, id } = one
    expect(await game.actions.markRead(game.store.session(), id, shown.id)).toMatchObject({
      unread: 1,
      newsRead: shown.id,
    })
    const { text } = await one.ask('/feed')
    expect(text.match(/person new/g)).toHaveLength(1)
    expect(await one.unread()).toBe(0)
  })

  test('a stream begins with the newest id and how many up to it are unread, and resumes oldest first, page by page', async () => {
    await using one = await reader()
    const { game, id } = one
    for (let index = 0; index < 70; index++) await one.write(`Mog ${index}`)
    const session = () => game.store.session()
    expect(await game.actions.newsState(session(), id)).toEqual({ newest: 70, unread: 70 })
    await game.actions.markRead(session(), id, 60)
    expect(await game.actions.newsState(session(), id)).toEqual({ newest: 70, unread: 10 })
    const seen: number[] = []
    for (;;) {
      const page = await game.actions.news(session(), id, seen.at(-1) ?? 0)
      if (page.length === 0) break
      expect(page.length).toBeLessThanOrEqual(30)
      seen.push(...page.map((news) => news.id))
    }
    expect(seen).toEqual(Array.from({ length: 70 }, (_, index) => index + 1))
  })
})
