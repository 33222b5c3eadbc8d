import { html } from '../../middleware/html.ts'
import type { Setting, Visit } from '../layout.ts'
import { curves } from '../rules/data/curves.ts'
import type { Player } from '../rules/types.ts'
import type { Place } from './place.ts'
import { deed, header, HEADER } from './widgets.ts'

export const friends: Place = {
  name: 'friends',
  paths: ['/friends'],
  deeds: { invite: () => ({ kind: 'invite' }) },
  show: async (visit, { world, session, origin }) =>
    drawFriends(visit, await world.actions.band(session, visit.player.id), origin),
}

/** The invite link, and who came by it. */
export function drawFriends(visit: Visit, band: readonly Player[], origin: string): Setting {
  const { assets, player } = visit
  const link = `${origin}/i/${player.code}`
  const lent = Math.min(player.band, curves.strength.bandMost) * curves.strength.perFriend
  return {
    title: 'Friends',
    description: 'Call your friends to Emberwood: everyone who comes makes your band stronger.',
    place: 'friends',
    styles: ['place', 'social'],
    preload: [assets.preloadImage('scenes/hero', HEADER)],
    main: () =>
      html`${header(assets, { scene: 'scenes/hero', name: 'Friends', words: 'A tale is better with two liars in it.' })}<div class="wrap"><section class="card invite" aria-labelledby="invite">${assets.image('icons/gift', { alt: '', width: 72 })}<div><h2 id="invite">Call a friend</h2><p>Everyone who comes by your link stands in your band and lends you strength.</p><label class="field">Your link<input value="${link}" readonly data-copy></label>${deed({ to: '/friends', action: 'invite', version: player.version, label: 'Copy the link', form: 'copies' })}</div></section><section aria-labelledby="band"><h2 id="band">Your band</h2>${
        band.length === 0
          ? html`<p class="hush">So far it is you and the goat. The goat is keen.</p>`
          : html`<p class="hush">${player.band} came by your link: ${lent} attack and ${lent} defence are theirs.</p><ul class="people">${band.map(
              ({ name, avatar, level }) =>
                html`<li class="card person">${assets.image(avatar, { alt: '', width: 56, lazy: true })}<b>${name}</b><span>level ${level}</span></li>`,
            )}</ul>`
      }</section><p class="ways"><a class="btn calm" href="/ladder">The ladder</a><a class="btn calm" href="/feed">News</a></p></div>`,
  }
}
