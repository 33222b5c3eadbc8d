import type { Request } from 'express'
import type { Assets } from '../../middleware/assets.ts'
import { html, type Html } from '../../middleware/html.ts'
import type { Page } from '../../middleware/pages.ts'
import { headLinks, nav } from '../layout.ts'
import { notice } from '../notice.ts'

/**
 * What is shown when a place cannot be. It asks nothing of the store, which may be what failed. An action that failed answers with its
 * notice alone: the page it was sent from still stands.
 */
export function createErrorPage(assets: () => Assets): (req: Request, status: number, words: string) => Page {
  return function errorPage(req, status, words) {
    const current = assets()
    const main = () => drawError(current, status, words)
    const bar = () => html`<header id="hud"><a class="home" href="/">Emberwood</a></header>`
    const way = () => nav(current, 'nowhere')
    const said = () => notice(current, { text: words, tone: 'bad', gains: {} }, Date.now())
    const looking = req.method === 'GET' || req.method === 'HEAD'
    return {
      title: `${title(status)} · Emberwood`,
      description: words,
      status,
      place: 'error',
      styles: ['game/styles/frame.css', 'game/styles/place.css'],
      rest: ['game/styles/game.css'],
      script: 'game/main.ts',
      head: headLinks(current),
      fragments: looking ? { hud: bar, main, nav: way, notice: said } : { notice: said },
      // The page says it already; only an action's page needs the notice as well.
      body: ({ notice: said }) =>
        html`<a class="skip" href="#main">Skip to the content</a>${bar()}${main()}${way()}${looking ? notice(current, null, 0) : said}`,
    }
  }
}

const title = (status: number): string =>
  status === 404 ? 'Lost in the wood' : status < 500 ? 'That does not go' : 'A tree fell on the road'

function drawError(assets: Assets, status: number, words: string): Html {
  return html`<main id="main" tabindex="-1"><div class="wrap lost">${assets.image(status === 404 ? 'monsters/ghost' : 'monsters/ogre', { alt: '', width: 180 })}<h1>${title(status)}</h1><p>${words}</p><a class="btn" href="/">Back to the village</a></div></main>`
}
