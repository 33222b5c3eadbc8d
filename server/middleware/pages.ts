import type { Request, Response } from 'express'
import { hash } from 'node:crypto'
import { FRAGMENT, KNOWN, LATE, LOCATION, parseFragments, parseKnown, RELEASE } from '../wire/fragment.ts'
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
  /** Such parts that take their time: where parts are asked for, the others do not wait for them; a whole page has them all before it begins. */
  late?: Record<string, () => Promise<Html>>
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
 * which no other is rendered. Both carry a validator, `Vary: Fragment` and the release; parts that the page has already are left out, and
 * slow ones follow the others. See `wire/fragment.ts` for the agreement.
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
    const rendered = req.timing.span('render', () => render(page, names.length > 0 ? names : namesOf(page)))
    if (names.length > 0) {
      res.vary(KNOWN)
      sendParts(req, res, page, { ...rendered, assets: current })
    } else if (rendered.late.length === 0) sendWhole(rendered.parts)
    else void Promise.all(rendered.late).then((late) => sendWhole([...rendered.parts, ...late]), req.next)

    function sendWhole(parts: readonly Part[]) {
      const { text, styles } = req.timing.span('render', () => whole(req, page, current, parts))
      allowInline(res, { styles, scripts: current.importMap === '' ? [] : [current.importMap] })
      send(req, res, text, TYPE)
    }
  }
}

const TYPE = 'text/html; charset=utf-8'

interface Part {
  name: string
  html: Html
  /** Its validator; none for the notice, in which the page itself speaks. */
  tag?: string
}

/** What is there, in the order asked, and what is still to come. */
interface Rendered {
  parts: Part[]
  late: Promise<Part>[]
  /** Names of those to come. */
  lateNames: string[]
}

function render({ fragments, late = {} }: Page, names: readonly string[]): Rendered {
  const lateNames = names.filter((name) => name in late)
  return {
    parts: names.filter((name) => !(name in late)).map((name) => tagged(name, fragments[name]?.() ?? raw(''))),
    late: lateNames.map(async (name) => tagged(name, (await late[name]?.()) ?? raw(''))),
    lateNames,
  }
}

const namesOf = ({ fragments, late = {} }: Page) => [...Object.keys(fragments), ...Object.keys(late)]

/** Gives the part's element its validator, as `data-tag`. */
function tagged(name: string, html: Html): Part {
  const [start] = /^\s*<[a-z][a-z0-9-]*/i.exec(html.text) ?? []
  if (start === undefined || name === 'notice') return { name, html }
  const tag = hash('sha256', html.text, 'base64url').slice(0, TAG_LENGTH)
  return { name, tag, html: raw(`${start} data-tag="${tag}"${html.text.slice(start.length)}`) }
}

/** 72 bits: that two states of a part share it by chance is not to be feared. */
const TAG_LENGTH = 12

/** Answers with the parts that the page has not yet; with those that take their time as they are ready. */
function sendParts(
  req: Request,
  res: Response,
  page: Page,
  { parts, late, lateNames, assets }: Rendered & { assets: Assets },
) {
  const known = parseKnown(req.get(KNOWN))
  const isNews = ({ name, tag }: Part) => tag === undefined || known.get(name) !== tag
  const news = parts.filter(isNews)
  // Right for this page alone, which has the rest.
  if (known.size > 0) res.setHeader('Cache-Control', 'private, no-store')
  const sheets = [...page.styles, ...page.rest].map((name) => stylesheet(assets.style(name).href))
  // Title, stylesheets and the body's start tag come first: the runtime takes over what the new place needs.
  const top = html`<title>${page.title}</title>${sheets}${bodyTag(req, page)}`.text
  if (late.length === 0) return send(req, res, top + news.map((part) => part.html.text).join(''), TYPE)

  res.setHeader('Content-Type', TYPE)
  res.setHeader(LATE, lateNames.join(', '))
  // A comment behind each: there it is whole.
  const write = (text: string) => {
    res.write(text)
    // The compressor holds bytes back until it is told.
    ;(res as { flush?(): void }).flush?.()
  }
  write(top + news.map((part) => `${part.html.text}<!---->`).join(''))
  const writing = late.map(async (coming) => {
    const part = await coming
    if (isNews(part)) write(`${part.html.text}<!---->`)
  })
  void Promise.all(writing).then(
    () => res.end(),
    // Cut, so that nobody takes what came for all of it.
    (error: unknown) => res.destroy(error instanceof Error ? error : new Error(String(error))),
  )
}

/** The parts to answer with; none for the whole page. An old page may ask for a part that this release no longer has. */
function wanted(req: Request, page: Page): string[] {
  const asked = asksFor(req)
  const all = namesOf(page)
  const names = asked.filter((name) => all.includes(name))
  if (asked.length > 0 && names.length === 0)
    throw new HttpError(400, `Fragment: ${asked.join(', ')} arrived, this page has ${all.join(', ')}.`)
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

function whole(req: Request, page: Page, assets: Assets, parts: readonly Part[]): { text: string; styles: string[] } {
  const body = page.body(Object.fromEntries(parts.map((part) => [part.name, part.html])))
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
