import type { Request, Response } from 'express'
import type { Html } from './html.ts'

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
