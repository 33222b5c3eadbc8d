import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { chooseEncoding } from '../server/wire/encoding.ts'
import { chooseInstead } from '../server/wire/negotiate.ts'
import { readBuilt } from './built.ts'
import { readResources, type Body, type Representation } from './resources.ts'
import { FAILURE, send, type Next } from './send.ts'
import { checkBase } from './urls.ts'

export interface OriginOptions {
  /** Folder of what a build made. Its file list is read once: make a new origin for a new build. */
  dir: string
  /** Path under which the folder is served, as Vite's `base`: `/game/`. What is asked for elsewhere is left to who comes next. Default `/`. */
  base?: string
  /**
   * Sends what a document needs ahead of it, as Early Hints, to browsers that navigate over HTTP/1.1 or later. Default false: a proxy in front
   * that does not know status 103 may take it for the answer. The `Link` header, from which edges make hints of their own, is sent anyway.
   */
  earlyHints?: boolean
}

/** Connect's and Express's signature. `next` is called, unanswered, for a path that has no file here, or no longer. */
export type Handler = (req: IncomingMessage, res: ServerResponse, next: Next) => void

/**
 * Serves what a build made by the cache policy: in place of a name's own bytes the best file that the caller takes, precompressed where it
 * takes that. All work that can be done at start is: a request costs a look-up and a stream.
 *
 * @example app.use(createOrigin({ dir: 'dist/client' }))
 * @throws Error if the folder does not exist, if its manifest is of another format, or names a file to send that is not there.
 */
export function createOrigin({ dir, base = '/', earlyHints = false }: OriginOptions): Handler {
  const resources = readResources(readBuilt(dir), checkBase(base))

  return function origin(req, res, next) {
    const resource = resources.get(nameOf(req.url ?? '', base))
    if (!resource) return next()
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD', ...FAILURE })
      res.end(`${req.method ?? ''} is not for files: GET and HEAD are\n`)
      return
    }
    const chosen = chooseInstead(req.headers.accept, resource) ?? resource
    void send(req, res, chooseBody(req, chosen), next, earlyHints && isNavigation(req) ? resource.links : [])
  }
}

/** A range is one of the file as it is. */
function chooseBody(req: IncomingMessage, { plain, encoded, codings }: Representation): Body {
  if (req.headers.range !== undefined) return plain
  const header = req.headers['accept-encoding']
  const coding = chooseEncoding(Array.isArray(header) ? header.join() : header, codings)
  return (coding && encoded[coding]) ?? plain
}

const isNavigation = (req: IncomingMessage): boolean =>
  req.method === 'GET' && req.headers['sec-fetch-mode'] === 'navigate' && req.httpVersion !== '1.0'

/** Decoded once; a path that is no proper UTF-8 names nothing. Looked up in a list, it cannot leave the folder. */
function nameOf(url: string, base: string): string {
  if (!url.startsWith(base)) return ''
  const end = url.search(/[?#]/)
  try {
    const name = decodeURIComponent(url.slice(base.length, end < 0 ? undefined : end))
    return name === '' || name.endsWith('/') ? `${name}index.html` : name
  } catch {
    return ''
  }
}

/**
 * A server of its own for a built folder: what `firstframe serve` runs.
 * @param options.port 0 takes a free one.
 */
export async function serveFolder(options: OriginOptions & { port: number; host: string }): Promise<Server> {
  const origin = createOrigin(options)
  const server = createServer((req, res) =>
    origin(req, res, (error) => {
      if (error !== undefined) console.error(error)
      res.writeHead(error === undefined ? 404 : 500, FAILURE)
      res.end(error === undefined ? 'There is no such file\n' : 'The file cannot be read\n')
    }),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return server
}
