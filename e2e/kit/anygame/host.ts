import { createHash } from 'node:crypto'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import type { Table } from '../../../server/wire/table.ts'
import { type Answer, type Asked, pageScript, type Site, workerScript } from '../kit.ts'

const PIXELS = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAE0lEQVQImWP4z8DwnwGM/zMwAAAf7gP9qS/A4gAAAABJRU5ErkJggg==',
  webp: 'UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoCAAIAAUAmJaACdLoB+AADsAD+8ut//NgVzXPv9//S4P0uD9Lg/9KQAAA=',
  avif: 'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAACQAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAsbWRhdBIACgc4ADaQENBpMhcZQmMEwAA0AACQQMkcYUuNGtYQVLH7IA==',
}
const TYPES: Record<string, string> = {
  avif: 'image/avif',
  html: 'text/html;charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  png: 'image/png',
  wav: 'audio/wav',
  webp: 'image/webp',
  woff2: 'font/woff2',
}
/** As strict as a static game can have it. */
export const CSP =
  "default-src 'none'; script-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types firstframe"

/** Two pixels that every decoder takes, whatever follows them; `marks` makes them different bytes. */
export function picture(format: keyof typeof PIXELS, marks = ''): Buffer {
  return Buffer.concat([Buffer.from(PIXELS[format], 'base64'), Buffer.from(marks)])
}

export const hashOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8)

/** A file of the public folder, and what the build made to stand in its place, best first, by extension. */
interface Public {
  body: Buffer | string
  instead?: Record<string, Buffer>
}

/** What a test's game is built from. */
export interface Source {
  release: string
  /** By name, as in `public/`. */
  files?: Record<string, Public>
  /** Text of the page's script. */
  main?: string
  /** More of the page's HTML. */
  body?: string
  /** More built files, under a name with the hash put before its extension. They are in the shell. */
  built?: Record<string, string>
  /** The folder of the host that the game stands in: `/` or `/games/one/`. */
  base?: string
  /** Whether the page registers the worker itself, at rest; else the test does. Default false. */
  registers?: boolean
  /** In place of the worker. */
  worker?: string
  /** More documents like `index.html`. */
  pages?: string[]
  /** Whether the page has {@link CSP}. Default true. */
  strict?: boolean
}

/** A built game on a host. */
export interface Game {
  url: string
  /** What there is, by path under the base. */
  files: Map<string, Buffer>
  /** A built file's name with its hash, by its name without. */
  named: Record<string, string>
  /** What went over the line, in order. */
  sent: Sent[]
}

export interface Sent {
  name: string
  query: string
  status: number
  bytes: number
}

/** Everything a host may do otherwise than the plainest: which files it answers how. */
export type Odd = (asked: Asked, name: string) => Answer | undefined | Promise<Answer | undefined>

const withHash = (name: string, body: Buffer | string) => name.replace(/(\.\w+)$/, `-${hashOf(body)}$1`)

/** Builds a game as the plugin would, and has the site serve it as a plain host does: names, entity tags, parts of sounds. */
export async function deploy(site: Site, source: Source, odd: Odd = () => undefined): Promise<Game> {
  const {
    release,
    files: names = {},
    main = '',
    body = '',
    built = {},
    base = '/',
    registers = false,
    strict = true,
    pages = [],
  } = source
  const files = new Map<string, Buffer>()
  const named: Record<string, string> = {}
  const add = (name: string, content: Buffer | string) => files.set(name, Buffer.from(content))
  const addBuilt = (name: string, content: string) => {
    named[name] = withHash(`assets/${name}`, content)
    add(named[name], content)
  }
  const answers: Record<string, [hash: string, instead: [file: string, type: string][]]> = {}
  for (const [name, { body, instead = {} }] of Object.entries(names)) {
    add(name, body)
    const variants = Object.entries(instead).map(([extension, bytes]): [string, string] => {
      const file = `assets/${name.replace(/\.\w+$/, '')}-${hashOf(bytes)}.${extension}`
      add(file, bytes)
      return [file, TYPES[extension] ?? '']
    })
    answers[name] = [hashOf(body), variants]
  }
  addBuilt('main.js', `document.documentElement.dataset.release = '${release}'\n${main}`)
  for (const [name, content] of Object.entries(built)) addBuilt(name, content)
  if (registers) addBuilt('firstframe.js', await registerScript())
  const scripts = ['main.js', ...(registers ? ['firstframe.js'] : [])]
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${release}</title>${body}${scripts
    .map((name) => `<script type="module" src="${base}${named[name]}"></script>`)
    .join('')}`
  const documents = ['index.html', ...pages]
  for (const name of documents) {
    add(name, html)
    answers[name] = [hashOf(html), []]
  }
  const table = JSON.stringify(tableOf(answers))
  addBuilt('table.json', table)
  const shell = [...documents, ...Object.keys(built), ...scripts].map((name) => ({
    file: named[name] ?? name,
    bytes: 1,
  }))
  const list = { release, shell, table: named['table.json'] ?? '' }
  add('worker.js', source.worker ?? (await workerScript(list, 'client/worker/static/main.ts')))

  const game: Game = { url: site.url + base, files, named, sent: [] }
  site.handle(async (asked) => {
    const name = decodeURIComponent(asked.path).slice(base.length) || 'index.html'
    const answer = (await odd(asked, name)) ?? host(files, asked, name, strict)
    const { status = 200, body = '' } = answer
    game.sent.push({ name, query: asked.fields.toString(), status, bytes: status === 304 ? 0 : body.length })
    return answer
  })
  return game
}

const registerScript = () =>
  pageScript(`
    import { registerGame } from 'client/runtime/register.ts'
    const here = import.meta.url
    registerGame(new URL('../worker.js', here))
  `)

/** The format as the wire's `table.ts` documents it. */
function tableOf(answers: Record<string, [hash: string, instead: [file: string, type: string][]]>): Table {
  const groups: Table['groups'] = []
  for (const [name, [hash, instead]] of Object.entries(answers))
    groups.push({
      types: instead.map(([, type]) => type),
      names: [name],
      hashes: hash + instead.map(([file]) => /-(\w{8})\.\w+$/.exec(file)?.[1]).join(''),
    })
  return { format: 1, folder: 'assets', groups, odd: {} }
}

function host(files: Map<string, Buffer>, asked: Asked, name: string, strict: boolean): Answer {
  const body = files.get(name)
  if (!body) return { status: 404, body: 'nothing here' }
  const etag = `"${hashOf(body)}"`
  const headers: Record<string, string> = {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': /-[0-9a-f]{8}\.\w+$/.test(name) ? 'max-age=31536000, immutable' : 'no-cache',
    ...(strict && name.endsWith('.html') && { 'Content-Security-Policy': CSP }),
  }
  const type = TYPES[path.extname(name).slice(1)] ?? 'application/octet-stream'
  if (asked.headers['if-none-match'] === etag) return { status: 304, headers }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(asked.headers.range ?? '') ?? []
  if (first === undefined) return { headers: { ...headers, 'Content-Length': String(body.length) }, type, body }
  const end = last ? Number(last) : body.length - 1
  headers['Content-Range'] = `bytes ${first}-${end}/${body.length}`
  return { status: 206, headers, type, body: body.subarray(Number(first), end + 1) }
}

/** Registers the worker and waits until the page is its own. */
export async function install(page: Page, game: Game): Promise<void> {
  await page.goto(game.url)
  await page.evaluate(async () => {
    const rules = { createScriptURL: (url: string) => url }
    const { trustedTypes } = globalThis as {
      trustedTypes?: { createPolicy: (name: string, made: typeof rules) => typeof rules }
    }
    const url = trustedTypes?.createPolicy('firstframe', rules).createScriptURL('worker.js') ?? 'worker.js'
    await navigator.serviceWorker.register(url)
  })
  await controlled(page)
}

export const controlled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', undefined, { timeout: 30_000 })

/** Has the browser look for a new release, and waits until that is installed. */
export async function update(page: Page): Promise<void> {
  const state = await page.evaluate(async () => {
    const registration = await (await navigator.serviceWorker.getRegistration())?.update()
    const worker = registration?.installing
    if (!worker) return 'not found'
    return new Promise<string>((resolve) =>
      worker.addEventListener('statechange', () => resolve(worker.state), { once: true }),
    )
  })
  expect(state).toBe('installed')
}

/** Empties the browser's own cache: what is there afterwards, a worker has stored. */
export async function forget(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.clearBrowserCache')
  await devtools.detach()
}

/** Stops all workers, as a browser does with idle ones. What starts them again must not be a navigation: Chromium 156 breaks at that. */
export async function stopWorkers(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const running = new Map<string, string>()
  devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    for (const { versionId, runningStatus } of versions) running.set(versionId, runningStatus)
  })
  await devtools.send('ServiceWorker.enable')
  await devtools.send('ServiceWorker.stopAllWorkers')
  await expect.poll(() => [...running.values()].every((status) => status === 'stopped')).toBe(true)
  await devtools.detach()
}

/** Paths of what is stored, with the hash that a plain name's copy is kept under. */
export const stored = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const scope = (await navigator.serviceWorker.ready).scope
    const names = (await caches.keys()).filter((name) => name.endsWith(' met'))
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return keys.flat().map(({ url }) => decodeURI(url.slice(scope.length)))
  })

/** Loads a picture by `<img>`; answers its width, 0 where it is broken. */
export const show = (page: Page, src: string): Promise<number> =>
  page.evaluate(async (src) => {
    const image = new Image()
    image.src = src
    await image.decode().catch(() => {})
    return image.naturalWidth
  }, src)

/** What `fetch()` in the page gets. */
export const get = (page: Page, url: string, init: Asking = {}): Promise<Got> =>
  page.evaluate(
    async ([url, init]) => {
      const response = await fetch(url, init)
      const { status, headers } = response
      return {
        status,
        type: headers.get('Content-Type'),
        range: headers.get('Content-Range'),
        url: response.url,
        text: await response.text(),
      }
    },
    [url, init] as const,
  )

type Asking = Pick<RequestInit, 'cache' | 'method'> & { body?: string; headers?: Record<string, string> }

interface Got {
  status: number
  type: string | null
  range: string | null
  url: string
  text: string
}

export const releaseOf = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.documentElement.dataset['release'])
