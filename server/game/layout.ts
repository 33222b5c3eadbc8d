import type { Assets } from '../middleware/assets.ts'
import { html, type Html, raw } from '../middleware/html.ts'
import type { Page } from '../middleware/pages.ts'
import { number, span } from './places/widgets.ts'
import { energyEvery, maxEnergy, maxHealth, xpToNext } from './rules/levels.ts'
import { notice, type Said } from './notice.ts'
import type { Player } from './rules/types.ts'

/** One player looking at one place at one moment: what every view is drawn from. */
export interface Visit {
  player: Player
  /** Milliseconds since the epoch. */
  now: number
  /** Hour of the day where the player is, 0 to 23. */
  hour: number
  assets: Assets
  /** What the last action came to, or why it did not. */
  said: Said | null
}

/** What a place brings to the page; the frame around it is the same everywhere. */
export interface Setting {
  title: string
  /** For search engines and shared links. */
  description: string
  /** Class of the body; the tab of that name is lit. */
  place: string
  /** The place's own stylesheets: they stand in its page. */
  styles: readonly string[]
  main: () => Html
  /** The player, where showing the place changed something about them; the bar is drawn of it. Default the visit's. */
  player?: Player
  /** Default 200. */
  status?: number
  /** Pictures that are the largest paint: fetched before the parser meets them. */
  preload?: Html[]
}

/** The whole page around a place: bar, main, way, notice; each a fragment of its own. */
export function frame(visit: Visit, setting: Setting): Page {
  const { title, description, place, styles, status, main, preload, player = visit.player } = setting
  const { assets } = visit
  return {
    title: `${title} · Emberwood`,
    description,
    place,
    styles: ['frame', ...styles].map((name) => `game/styles/${name}.css`),
    rest: ['game/styles/game.css'],
    script: 'game/main.ts',
    head: headLinks(assets),
    ...(status !== undefined && { status }),
    ...(preload !== undefined && { preload }),
    fragments: {
      hud: () => hud({ ...visit, player }),
      main: () => html`<main id="main" tabindex="-1">${main()}</main>`,
      nav: () => nav(assets, place),
      notice: () => notice(assets, visit.said, visit.now),
    },
    body: ({ hud, main, nav, notice }) =>
      html`<a class="skip" href="#main">Skip to the content</a>
${hud}
${main}
${nav}
${notice}`,
  }
}

/** Links that every page's head carries. */
export function headLinks(assets: Assets): Html {
  // By its hashed name: browsers ask for icons past the service worker, and would ask again with each visit.
  const icon = (width: number): string => assets.imageUrl('icons/app', width)
  return html`<link rel="manifest" href="/app.webmanifest"><link rel="icon" href="${icon(64)}"><link rel="apple-touch-icon" href="${icon(192)}"><meta name="theme-color" content="#10132a">`
}

function hud({ player, now, assets }: Visit): Html {
  const need = xpToNext(player.level)
  const energy = maxEnergy(player.level)
  const health = maxHealth(player.level)
  const next = player.energyAt + energyEvery - now
  const picture = (name: string, size: number) => assets.image(name, { alt: '', width: size })
  const bar = (name: string, value: number, most: number) =>
    html`<progress aria-label="${name}" value="${value}" max="${most}"></progress>`
  const { unread } = player
  // Whose page this is: the client's outbox keeps what one player did from being sent as another.
  return html`<header id="hud" data-owner="${player.id}"><a class="crest" href="/hero" aria-label="${player.name}, level ${player.level}">${picture(player.avatar, 40)}<svg viewBox="0 0 54 54" width="54" height="54" aria-hidden="true"><circle cx="27" cy="27" r="24.5"/><circle cx="27" cy="27" r="24.5" pathLength="100" stroke-dasharray="${Math.min(100, Math.round((100 * player.xp) / need))} 100"/></svg><b data-hud="level">${player.level}</b></a>
<ul class="stats"><li class="stat energy">${bar('Energy', player.energy, energy)}${picture('icons/energy', 28)}<span><b data-hud="energy">${player.energy}</b>/${energy}</span><small>${
    player.energy < energy
      ? html`<span class="sr">one more in </span><time data-left="${next}" data-every="${energyEvery}">${span(next)}</time>`
      : 'full'
  }</small></li>
<li class="stat"><span class="sr">Coins</span>${picture('icons/coin', 28)}<b data-hud="coins">${number(player.coins)}</b></li>
<li class="stat health">${bar('Health', player.health, health)}${picture('icons/heart', 28)}<span><b data-hud="health">${player.health}</b>/${health}</span></li>
<li class="stat xp">${bar('Experience', player.xp, need)}${picture('icons/xp', 28)}<span><b data-hud="xp">${number(player.xp)}</b>/${number(need)}</span></li></ul>
<a class="bell" href="/feed" aria-label="News${unread > 0 && `, ${unread} unread`}">${picture('icons/feed', 32)}<span class="badge" ${unread === 0 && raw('hidden')}>${unread > 99 ? '99+' : unread}</span></a></header>`
}

interface Way {
  to: string
  name: string
  place: string
  /** Only where there is room for more than five. */
  wide?: true
}

const WAYS: readonly Way[] = [
  { to: '/', name: 'Village', place: 'village' },
  { to: '/missions', name: 'Missions', place: 'missions' },
  { to: '/battle', name: 'Battle', place: 'battle' },
  { to: '/market', name: 'Market', place: 'market' },
  { to: '/hero', name: 'Hero', place: 'hero' },
  { to: '/friends', name: 'Friends', place: 'friends', wide: true },
  { to: '/ladder', name: 'Ladder', place: 'ladder', wide: true },
]

/** The way from place to place; the one at hand is lit. */
export const nav = (assets: Assets, here: string): Html =>
  html`<nav id="nav" aria-label="Places"><ul>${WAYS.map(
    ({ to, name, place, wide }) =>
      html`<li ${wide && raw('class="wide"')}><a href="${to}" ${place === here && raw('aria-current="page"')}>${assets.image(`icons/${place}`, { alt: '', width: 46, priority: 'low' })}${name}</a></li>`,
  )}</ul></nav>`
