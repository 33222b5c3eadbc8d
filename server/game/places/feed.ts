import { html } from '../../middleware/html.ts'
import type { News } from '../entities.ts'
import type { Setting, Visit } from '../layout.ts'
import type { Place } from './place.ts'
import { ago, header, HEADER } from './widgets.ts'

export const feed: Place = {
  name: 'feed',
  paths: ['/feed'],
  async show(visit, { world, session }) {
    const news = await world.actions.news(session, visit.player.id)
    if (visit.player.unread > 0) await world.actions.markRead(session, visit.player.id)
    return drawFeed(visit, news)
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
      html`${header(assets, 'scenes/hero', 'News', 'By the fire they know everything, some of it true.')}<div class="wrap">${
        news.length === 0
          ? html`<p class="hush">Nothing has happened yet. Go and happen to something: <a href="/battle">battle</a>.</p>`
          : html`<ol class="people">${news.map(
              ({ text, picture, at }, index) =>
                html`<li class="card person ${index < player.unread && 'new'}">${assets.image(picture, { alt: '', width: 56, lazy: true })}<b>${text}</b><time datetime="${new Date(at).toISOString()}">${ago(now - at)}</time></li>`,
            )}</ol>`
      }</div>`,
  }
}
