import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import path from 'node:path'
import { chooseEncoding } from '../server/wire/encoding.ts'
import type { Manifest } from '../server/wire/manifest.ts'
import { cacheHeaders, hashedBy } from './policy.ts'
import { parseRange } from './range.ts'
import { contentType } from './types.ts'

export interface OriginOptions {
  /** Folder of what a build made. Its file list is read once: make a new origin for a new build. */
  dir: string
}

/** Connect's and Express's signature. `next` is called, unanswered, for a path that has no file here, or no longer. */
export type Handler = (req: IncomingMessage, res: ServerResponse, next: Next) => void
type Next = (error?: unknown) => void

/** What every answer has that is no file. */
const FAILURE = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

type Coding = 'zstd' | 'br' | 'gzip'
/** At the same size the first wins: Zstandard decodes in a third of Brotli's time. */
const SUFFIXES: Record<Coding, string> = { zstd: '.zst', br: '.br', gzip: '.gz' }
const CODINGS = Object.keys(SUFFIXES) as Coding[]

/** One way to send a file. */
interface Body {
  file: string
  headers: Record<string, string>
  size: number
  etag: string
}

interface Resource {
  plain: Body
  encoded: Partial<Record<Coding, Body>>
  /** Smallest first. */
  codings: Coding[]
}

/**
 * Serves what a build made by the cache policy, precompressed where the browser takes it. All work that can be done at start is:
 * a request costs a look-up and a stream.
 *
 * @example app.use(createOrigin({ dir: 'dist/client' }))
 * @throws Error if the folder does not exist, or its manifest is of another format.
 */
export function createOrigin({ dir }: OriginOptions): Handler {
  const resources = readResources(dir)

  return function origin(req, res, next) {
    const resource = resources.get(pathOf(req.url ?? '/'))
    if (!resource) return next()
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD', ...FAILURE })
      res.end(`${req.method ?? ''} is not for files: GET and HEAD are\n`)
      return
    }
    const coding = req.headers.range === undefined ? choose(req, resource) : undefined
    void send(req, res, (coding && resource.encoded[coding]) ?? resource.plain, next)
  }
}

const choose = (req: IncomingMessage, { codings }: Resource): Coding | undefined => {
  const header = req.headers['accept-encoding']
  return chooseEncoding(Array.isArray(header) ? header.join() : header, codings)
}

/** The file's own headers are set once it is certain that the file follows them: a cache would keep a failure as long as the file. */
async function send(req: IncomingMessage, res: ServerResponse, body: Body, next: Next): Promise<void> {
  const { headers, size, etag } = body
  if (matches(req.headers['if-none-match'], etag)) {
    const { 'Content-Length': _none, ...rest } = headers
    res.writeHead(304, rest).end()
    return
  }
  const wanted = stillSame(req.headers['if-range'], etag) ? parseRange(req.headers.range, size) : undefined
  if (wanted === 'unsatisfiable') {
    res.writeHead(416, { 'Content-Range': `bytes */${size}`, ...FAILURE })
    res.end(`The file has ${size} bytes, and none of those that were asked for\n`)
    return
  }
  let file: FileHandle | undefined
  try {
    file = await openSame(body)
  } catch (error) {
    next(error)
    return
  }
  if (!file) {
    next()
    return
  }
  const part = wanted && {
    'Content-Range': `bytes ${wanted.start}-${wanted.end}/${size}`,
    'Content-Length': String(wanted.end - wanted.start + 1),
  }
  res.writeHead(part ? 206 : 200, { ...headers, ...part })
  // Who asked may be gone since the file was opened: then nothing will ever close the stream.
  if (req.method === 'HEAD' || size === 0 || res.destroyed) {
    res.end()
    await file.close()
    return
  }
  const stream = file.createReadStream(wanted ?? {})
  // The length has been promised: a file that fails under way can only be told by breaking off.
  stream.once('error', (error) => res.destroy(error))
  res.once('close', () => stream.destroy())
  stream.pipe(res)
}

/** Undefined for a file that is gone since the start, or of another size: the headers made then are not its own. */
async function openSame({ file, size }: Body): Promise<FileHandle | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle || (await handle.stat()).size === size) return handle
  await handle.close()
  return undefined
}

/** Weak comparison, as If-None-Match asks (RFC 9110, section 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

const stillSame = (ifRange: string | string[] | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange === etag

/** Decoded once; a path that is no proper UTF-8 names nothing. Looked up in a list, it cannot leave the folder. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  const raw = end < 0 ? url : url.slice(0, end)
  try {
    const decoded = decodeURIComponent(raw).slice(1)
    return decoded === '' || decoded.endsWith('/') ? `${decoded}index.html` : decoded
  } catch {
    return ''
  }
}

function readResources(dir: string): Map<string, Resource> {
  const isHashed = hashedBy(readManifest(dir))
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = new Set(
    entries.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
  )
  const isSibling = (name: string): boolean =>
    Object.values(SUFFIXES).some((suffix) => name.endsWith(suffix) && names.has(name.slice(0, -suffix.length)))

  const resources = new Map<string, Resource>()
  for (const name of names) {
    // What starts with a dot (stamps, temporary files) was never meant for the world.
    if (isSibling(name) || /(?:^|\/)\.(?!well-known\/)/.test(name)) continue
    const file = path.join(dir, name)
    const sizeOf = (coding: Coding): number => statSync(file + SUFFIXES[coding]).size
    const codings = CODINGS.filter((coding) => names.has(name + SUFFIXES[coding])).sort((a, b) => sizeOf(a) - sizeOf(b))
    const headers: Record<string, string> = {
      'Content-Type': contentType(name),
      'X-Content-Type-Options': 'nosniff',
      'Accept-Ranges': 'bytes',
      ...cacheHeaders(name, isHashed),
      ...(codings.length > 0 && { Vary: 'Accept-Encoding' }),
    }
    // A hashed name says it all; reading every picture would cost the start a moment for each.
    const content = isHashed(name) ? name : readFileSync(file)
    const tag = createHash('sha256').update(content).digest('base64url').slice(0, 16)
    const body = (at: string, suffix: string, more: Record<string, string>): Body => {
      const { size } = statSync(at)
      const etag = `"${tag}${suffix}"`
      return { file: at, size, etag, headers: { ...headers, ...more, ETag: etag, 'Content-Length': String(size) } }
    }
    const encoded: Resource['encoded'] = {}
    for (const coding of codings)
      encoded[coding] = body(file + SUFFIXES[coding], SUFFIXES[coding], { 'Content-Encoding': coding })
    resources.set(name, { plain: body(file, '', {}), encoded, codings })
  }
  return resources
}

function readManifest(dir: string): Manifest | undefined {
  let text: string
  try {
    text = readFileSync(path.join(dir, 'manifest.json'), 'utf8')
  } catch {
    return undefined
  }
  const manifest = JSON.parse(text) as Partial<Manifest>
  if (manifest.entries === undefined || manifest.images === undefined) return undefined
  if (manifest.format !== 2)
    throw new Error(
      `${dir}/manifest.json is of format ${String(manifest.format)}, expected 2: build again with this version`,
    )
  return manifest as Manifest
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
