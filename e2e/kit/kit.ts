import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { test as base } from '@playwright/test'
import { build, type Plugin } from 'vite'
import type { Precache } from '../../server/wire/manifest.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The policy that the server sends: whatever works under it works anywhere. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types firstframe"

/** One request as the page sent it, and how to answer. */
export interface Asked {
  path: string
  method: string
  headers: IncomingMessage['headers']
  fields: URLSearchParams
  body: URLSearchParams
  /** The body as it came. */
  text: string
  /** When it arrived, ms since the server's start. */
  at: number
  /** Whether the browser hung up before the answer. */
  aborted: boolean
}
export interface Answer {
  status?: number
  type?: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** The body piece by piece instead, each sent as it comes. What throws cuts the connection. */
  pieces?: AsyncIterable<string>
  /** Cuts the connection instead. */
  cut?: boolean
}
export type Handler = (asked: Asked) => Answer | undefined | Promise<Answer | undefined>

export interface Site {
  url: string
  /** All requests so far, in order of arrival. */
  requests: Asked[]
  /** Replaces what answers. */
  handle: (handler: Handler) => void
  /** Without it nothing connects: the way to be off line that a worker's own fetches feel too. */
  close: () => Promise<void>
  /** Listens again, at the same port. */
  open: () => Promise<void>
}

/** A server on a free port, for one test. What its handler leaves unanswered is a 404. */
export async function startSite(): Promise<Site> {
  const requests: Asked[] = []
  const start = performance.now()
  let handler: Handler = () => undefined
  let port = 0
  const server = createServer((req, res) => void answer(req, res))

  async function answer(req: IncomingMessage, res: ServerResponse) {
    const url = new URL(req.url ?? '/', 'http://localhost')
    // The browser's own idea, at a time of its own.
    if (url.pathname === '/favicon.ico') {
      res.writeHead(204).end()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const asked: Asked = {
      path: url.pathname,
      method: req.method ?? 'GET',
      headers: req.headers,
      fields: url.searchParams,
      body: new URLSearchParams(text),
      text,
      at: performance.now() - start,
      aborted: false,
    }
    res.on('close', () => (asked.aborted = !res.writableEnded))
    requests.push(asked)
    const {
      status = 200,
      type = 'text/html;charset=utf-8',
      headers,
      body = '',
      pieces,
      cut,
    } = (await handler(asked)) ?? { status: 404 }
    if (cut) {
      req.socket.destroy()
      return
    }
    res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-cache', ...headers })
    if (!pieces) {
      res.end(body)
      return
    }
    try {
      for await (const piece of pieces) res.write(piece)
      res.end()
    } catch {
      req.socket.destroy()
    }
  }

  const open = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        resolve()
      })
    })
  await open()
  return {
    // A secure context, as service workers and Web Locks want it.
    url: `http://localhost:${port}`,
    requests,
    handle: (next) => (handler = next),
    open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const test = base.extend<{ site: Site }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  site: async ({}, use) => {
    const site = await startSite()
    await use(site)
    await site.close()
  },
})

const bundles = new Map<string, Promise<string>>()

/** A script for the page: `code` with imports from `client/…`, bundled as the build would. */
export const pageScript = (code: string): Promise<string> => bundle(code, 'es')

/** The real worker (or another entry), with its precache list. */
export const workerScript = (precache: Precache, entry = 'client/worker/main.ts'): Promise<string> =>
  bundle(`import ${JSON.stringify(path.join(root, entry))}`, 'iife', precache)

function bundle(code: string, format: 'es' | 'iife', precache?: Precache): Promise<string> {
  const key = JSON.stringify([code, format, precache])
  const known = bundles.get(key)
  if (known) return known
  const modules: Plugin = {
    name: 'kit',
    resolveId: (id) =>
      id === 'kit:entry' || id.startsWith('virtual:')
        ? `\0${id}`
        : id.startsWith('client/')
          ? path.join(root, id)
          : undefined,
    load: (id) =>
      id === '\0kit:entry'
        ? code
        : id.startsWith('\0virtual:')
          ? `export default ${JSON.stringify(precache)}`
          : undefined,
  }
  const made = build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [modules],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: 'kit:entry', output: { format, codeSplitting: false } },
    },
  }).then((result) => {
    const [chunk] = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
    if (chunk?.type !== 'chunk') throw new Error('kit: nothing was bundled')
    return chunk.code
  })
  bundles.set(key, made)
  return made
}

/** The four parts of a page, whole or as asked for, under the real policy. */
export function pageOf(asked: Asked, parts: Partial<Parts>, options: PageOptions = {}): Answer {
  const {
    title = asked.path,
    release = 'r1',
    status = 200,
    headers,
    head = '',
    etag,
    src = '/page.js',
    assets,
  } = options
  const html: Record<string, string> = {
    hud: `<header id="hud">${parts.hud ?? ''}</header>`,
    main: `<main id="main" tabindex="-1">${parts.main ?? ''}</main>`,
    nav: `<nav id="nav">${parts.nav ?? ''}</nav>`,
    notice: `<div id="notice" role="status" aria-live="polite">${parts.notice ?? ''}</div>`,
  }
  const wanted = asked.headers['fragment']
  const names = typeof wanted === 'string' ? wanted.split(', ') : Object.keys(html)
  const body = `<body data-path="${asked.path}">${names.map((name) => html[name] ?? '').join('')}`
  const common = {
    'Content-Security-Policy': CSP,
    Vary: 'Fragment',
    Release: release,
    ...(etag && { ETag: etag }),
    ...headers,
  }
  if (etag && asked.headers['if-none-match'] === etag) return { status: 304, headers: common }
  const top = wanted
    ? `<title>${title}</title>`
    : `<!doctype html><html lang="en" data-release="${release}"${assets ? ` data-assets="${assets}"` : ''}><meta charset="utf-8"><title>${title}</title>${head}<script type="module" src="${src}"></script>`
  return { status, headers: common, body: top + body }
}

interface Parts {
  hud: string
  main: string
  nav: string
  notice: string
}
interface PageOptions {
  title?: string
  release?: string
  status?: number
  headers?: Record<string, string>
  head?: string
  etag?: string
  /** The page's script. Default `/page.js`. */
  src?: string
  /** The CDN's URL, for `<html data-assets>`. */
  assets?: string
}

export const script = (body: string): Answer => ({ type: 'text/javascript', body })
