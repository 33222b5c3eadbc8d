import type { Image, Manifest } from '../wire/manifest.ts'
import { html } from './html.ts'
import type { Page } from './pages.ts'
import type { Trace } from './traces.ts'

const image = (name: string, placeholder: string | null): Image => ({
  width: 1200,
  height: 800,
  alpha: placeholder === null,
  placeholder,
  variants: (['image/avif', 'image/webp', 'image/png'] as const).flatMap((type) =>
    [400, 800].map((width) => ({
      type,
      width,
      height: (width * 2) / 3,
      bytes: width * 10,
      file: `assets/${name}-${width}.${type.slice(6)}`,
    })),
  ),
})

/** What a build of a tiny game would have written; for tests. */
export const MANIFEST: Manifest = {
  format: 2,
  answers: {},
  documents: {},
  release: 'r1',
  entries: {
    'game/main.ts': { kind: 'script', file: 'assets/main-1.js', bytes: 9000, imports: ['assets/queue-1.js'] },
    'game/styles/frame.css': {
      kind: 'style',
      file: 'assets/frame-1.css',
      bytes: 900,
      inline: '@font-face{src:url(%ASSET_BASE%/assets/grenze-1.woff2)}',
      fonts: ['game/art/fonts/grenze.woff2'],
    },
    'game/styles/game.css': { kind: 'style', file: 'assets/game-1.css', bytes: 900 },
  },
  images: { 'scenes/village': image('village', '#2A2350'), 'icons/coin': image('coin', null) },
  files: { 'game/art/fonts/grenze.woff2': { file: 'assets/grenze-1.woff2', bytes: 10_000 } },
}

/** A page with two parts and a notice; `rendered` gets the names of those that were drawn. */
export function page(rendered: string[] = [], more: Partial<Page> = {}): Page {
  const part = (name: string, text: string) => () => {
    rendered.push(name)
    return html`<div id="${name}">${text}</div>`
  }
  return {
    title: 'The <village>',
    description: 'Dusk & embers',
    place: 'village',
    styles: ['game/styles/frame.css'],
    rest: ['game/styles/game.css'],
    script: 'game/main.ts',
    fragments: { hud: part('hud', '7 coins'), main: part('main', 'Hearth'), notice: part('notice', '') },
    body: (parts) => html`${parts['hud']}${parts['main']}${parts['notice']}`,
    ...more,
  }
}

/** A request that was answered in 10 ms, as far as a test does not say otherwise. */
export const traceOf = (more: Partial<Trace> & Pick<Trace, 'id'>): Trace => ({
  route: 'village',
  method: 'GET',
  path: '/',
  state: '200',
  began: Date.now(),
  took: 10,
  sent: more.took ?? 10,
  counts: new Map(),
  sections: [],
  ...more,
})
