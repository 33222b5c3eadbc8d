import { html, type Html } from '../../middleware/html.ts'
import type { Ladder, Standing } from '../ladder.ts'
import type { Setting, Visit } from '../layout.ts'
import type { Place } from './place.ts'
import { header, HEADER, number } from './widgets.ts'

export const ladder: Place = {
  name: 'ladder',
  paths: ['/ladder'],
  show: async (visit, { world, session }) => drawLadder(visit, await world.actions.ladder(session, visit.player)),
}

/** The week's best, and where the player stands. */
export function drawLadder(visit: Visit, { top, mine, around }: Ladder): Setting {
  const { assets } = visit
  return {
    title: 'Ladder',
    description: 'The most experienced players of Emberwood this week.',
    place: 'ladder',
    styles: ['place', 'social'],
    preload: [assets.preloadImage('scenes/hero', HEADER)],
    main: () =>
      html`${header(assets, { scene: 'scenes/hero', name: 'Ladder', words: 'Experience won this week. It is washed off every Monday.' })}<div class="wrap">${
        mine === null &&
        html`<p class="hush">You are not on it yet: any <a href="/missions">mission</a> or <a href="/battle">battle</a> puts you there.</p>`
      }<ol class="people">${top.map((standing) => rung(visit, standing))}</ol>${
        around.length > 0 &&
        html`<h2>Around you</h2><ol class="people">${around.map((standing) => rung(visit, standing))}</ol>`
      }</div>`,
  }
}

function rung({ assets, player }: Visit, { place, player: { id, name, avatar, level }, xp }: Standing): Html {
  const me = id === player.id
  return html`<li class="card person ${me && 'new'} ${place <= 3 && `medal m${place}`}"><i>${place}</i>${assets.image(avatar, { alt: '', width: 52, lazy: true })}<b>${name}${me && ' (you)'} <small>level ${level}</small></b><span>${number(xp)} xp</span></li>`
}
