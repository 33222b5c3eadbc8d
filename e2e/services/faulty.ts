import { registerHooks } from 'node:module'

/**
 * Stands before the game's server, by `--import`, and spoils four of its places, so that a test can look for what is wrong where the inspector should show it: the
 * market's statement is slow, the friends' page is slow to draw, the feed keeps letters for ever, the hero's page has a hot function.
 */
const SPOILED: Readonly<Record<string, string>> = {
  market: `
    import { sql } from 'kysely'
    const { show } = market
    const crawl = sql\`WITH RECURSIVE crawl(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM crawl WHERE n < 300000) SELECT count(*) AS snails FROM crawl\`
    market.show = async (visit, here) => {
      await here.session.query((db) => crawl.execute(db))
      return show(visit, here)
    }`,
  friends: `
    const { show } = friends
    friends.show = async (visit, here) => {
      const setting = await show(visit, here)
      return { ...setting, main: () => {
        const end = performance.now() + 60
        while (performance.now() < end);
        return setting.main()
      } }
    }`,
  feed: `
    class LostLetter { lines = Array.from({ length: 20 }, (_, n) => n * 1.5) }
    const attic = { letters: [] }
    const { show } = feed
    feed.show = (visit, here) => {
      for (let n = 0; n < 1000; n++) attic.letters.push(new LostLetter())
      return show(visit, here)
    }`,
  hero: `
    const simmer = (left) => (left < 2 ? left : simmer(left - 1) + simmer(left - 2))
    const { show } = hero
    hero.show = (visit, here) => {
      here.simmered = simmer(30)
      return show(visit, here)
    }`,
}

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const [, place = ''] = /\/server\/game\/places\/(\w+)\.ts$/.exec(url) ?? []
    const spoil = SPOILED[place]
    if (spoil === undefined || loaded.source == null) return loaded
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
    return { ...loaded, source: `${text}\n${spoil}` }
  },
})
