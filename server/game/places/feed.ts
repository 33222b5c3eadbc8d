import { html } from '../../middleware/html.ts'
import type { News } from '../entities.ts'
import type { Setting, Visit } from '../layout.ts'
import type { Place } from './place.ts'
import { ago, header, HEADER } from './widgets.ts'

export const feed: Place = {
  name: 'feed',
  paths: ['/feed'],
  async show(visit, { world: { actions }, session, seen }) {
    const { id, unread } = visit.player
    const news = await actions.news(session, id)
    const setting = drawFeed(visit, news)
    const [newest] = news
    if (!seen || unread === 0 || newest === undefined) return setting
    return { ...setting, player: await actions.markRead(session, id, newest.id) }
  },
}

/** What happened to the player, newest first; what had not been seen yet is marked. */
export function drawFeed(visit: Visit, news: readonly News[]): Setting {
  const { assets, now, player } = visit
  return {
    title: 'News',
    description: 'What happened in Emberwood while you were away.',
    place: 'feed',
    styles: ['place', 'social'],
    preload: [assets.preloadImage('scenes/hero', HEADER)],
    main: () =>
      html`${header(assets, { scene: 'scenes/hero', name: 'News', words: 'By the fire they know everything, some of it true.' })}<div class="wrap">${
        news.length === 0
          ? html`<p class="hush">Nothing has happened yet. Go and happen to something: <a href="/battle">battle</a>.</p>`
          : html`<ol class="people">${news.map(
              ({ id, text, picture, at }) =>
                html`<li class="card person ${id > player.newsRead && 'new'}">${assets.image(picture, { alt: '', width: 56, lazy: true })}<b>${text}</b><time datetime="${new Date(at).toISOString()}">${ago(now - at)}</time></li>`,
            )}</ol>`
      }</div>`,
  }
}
