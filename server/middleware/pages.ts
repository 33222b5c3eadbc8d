import type { Request, Response } from 'express'
import { FRAGMENT, LOCATION, parseFragments, RELEASE } from '../wire/fragment.ts'
import type { Assets } from './assets.ts'
import { send } from './encode.ts'
import { allowInline } from './headers.ts'
import { escape, type Html, html, raw } from './html.ts'
import { HttpError } from './httperror.ts'

/** One page, described once: answered whole or as the fragments asked for. */
export interface Page {
  title: string
  description: string
  /** Default 200. */
  status?: number
  /** Class of `<body>`, as in `village`. */
  place: string
  /** Critical stylesheets, by their manifest names: inlined in the head. */
  styles: readonly string[]
  /** Stylesheets linked at the end of the body, where they block nothing. */
  rest: readonly string[]
  /** The page's module script, by its manifest name. */
  script: string
  /** Preloads of what shows first, as `assets.preloadImage(…)` makes them. */
  preload?: readonly Html[]
  /** More for the head: manifest and icon links. */
  head?: Html
  /** The parts that can be asked for alone; each renders one element whose `id` is the part's name. */
  fragments: Record<string, () => Html>
  /** The body from its rendered parts. */
  body(parts: Record<string, Html>): Html
  /** The page's address where it is another than the one asked, as after an action: `Fragment-Location`. */
  location?: string
}

/** Answers a request with a page. */
export type SendPage = (req: Request, res: Response, page: Page) => void

export interface PagesOptions {
  /** Asked anew for each page: in development pictures come and go. */
  assets: () => Assets
}

/**
 * Makes the function that answers with pages: as a whole document, or, with the header `Fragment: hud, main`, as those parts alone, of
 * which no other is rendered. Both carry a validator, `Vary: Fragment` and the release. See `wire/fragment.ts` for the agreement.
 *
 * The document blocks on nothing: critical styles stand in it, allowed by their hashes, the rest is linked at its end. An inlined sheet
 * carries its URL as `data-href`: parts name the sheets of their place, and the page fetches those it does not have.
 */
export function createPages({ assets }: PagesOptions): SendPage {
  return function sendPage(req, res, page) {
    if (res.headersSent) return
    const current = assets()
    const status = page.status ?? 200
    res.status(status)
    res.vary(FRAGMENT)
    res.setHeader(RELEASE, current.release)
    if (status < 400) res.setHeader('Cache-Control', 'private, no-cache')
    if (page.location !== undefined) res.setHeader(LOCATION, page.location)

    const names = wanted(req, page)
    const answer = req.timing.span('render', () => {
      if (names.length > 0) return fragments(req, page, names, current)
      const { text, styles } = whole(req, page, current)
      allowInline(res, { styles, scripts: current.importMap === '' ? [] : [current.importMap] })
      return text
    })
    send(req, res, answer, 'text/html; charset=utf-8')
  }
}

/** The parts to answer with; none for the whole page. An old page may ask for a part that this release no longer has. */
function wanted(req: Request, page: Page): string[] {
  const asked = asksFor(req)
  const names = asked.filter((name) => Object.hasOwn(page.fragments, name))
  if (asked.length > 0 && names.length === 0)
    throw new HttpError(
      400,
      `Fragment: ${asked.join(', ')} arrived, this page has ${Object.keys(page.fragments).join(', ')}.`,
    )
  // Whatever was asked for, a failure is said.
  const unsaid =
    (page.status ?? 200) >= 400 && names.length > 0 && !names.includes('notice') && 'notice' in page.fragments
  return unsaid ? [...names, 'notice'] : names
}

function asksFor(req: Request): string[] {
  try {
    return parseFragments(req.get(FRAGMENT))
  } catch (error) {
    throw new HttpError(400, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Title, stylesheets and the body's start tag come first: the runtime takes over what the new place needs. */
function fragments(req: Request, page: Page, names: readonly string[], assets: Assets): string {
  const parts = names.map((name) => page.fragments[name]?.() ?? raw(''))
  const sheets = [...page.styles, ...page.rest].map((name) => stylesheet(assets.style(name).href))
  return html`<title>${page.title}</title>${sheets}${bodyTag(req, page)}${parts}`.text
}

function whole(req: Request, page: Page, assets: Assets): { text: string; styles: string[] } {
  const body = page.body(Object.fromEntries(Object.entries(page.fragments).map(([name, render]) => [name, render()])))
  const critical = page.styles.map((name) => assets.style(name))
  const placeholders = assets.placeholderRules(body.text)
  const inlined = critical.flatMap(({ href, inline }) => (inline === undefined ? [] : [{ href, inline }]))
  const styles = [...inlined.map(({ inline }) => inline), ...(placeholders === '' ? [] : [placeholders])]
  const linked = critical.filter((style) => style.inline === undefined)
  const fonts = new Set(critical.flatMap((style) => style.fonts))
  const { src, preloads } = assets.script(page.script)

  const { text } = html`<!doctype html>
<html lang="en" data-release="${assets.release}"${assets.base !== '' && html` data-assets="${assets.base}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${page.title}</title>
<meta name="description" content="${page.description}">
${Array.from(fonts, (font) => html`<link rel="preload" as="font" type="font/woff2" href="${font}" crossorigin>`)}${page.preload}
${inlined.map(({ href, inline }) => html`<style data-href="${href}">${raw(inline)}</style>`)}${placeholders !== '' && html`<style>${raw(placeholders)}</style>`}${linked.map((style) => stylesheet(style.href))}
${assets.importMap !== '' && html`<script type="importmap">${raw(assets.importMap)}</script>`}<script type="module" src="${src}"></script>${preloads.map((href) => html`<link rel="modulepreload" href="${href}">`)}
${page.head}
</head>
${bodyTag(req, page)}
${body}
${page.rest.map((name) => stylesheet(assets.style(name).href))}
</body>
</html>
`
  return { text, styles }
}

const stylesheet = (href: string): Html => html`<link rel="stylesheet" href="${href}">`

function bodyTag(req: Request, page: Page): Html {
  const path = (page.location ?? req.originalUrl).replace(/[?#].*$/s, '')
  return raw(`<body class="${escape(page.place)}" data-path="${escape(path)}">`)
}
