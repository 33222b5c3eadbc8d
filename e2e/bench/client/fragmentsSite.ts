import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import { pageScript } from '../../kit/kit.ts'

/** Ours, and each peer with its replacing and its morphing way. */
export const SIDES = ['ours', 'htmx', 'htmx-morph', 'turbo', 'turbo-morph'] as const
export type Side = (typeof SIDES)[number]

const peers = path.join(import.meta.dirname, '../node_modules')
const peer = (file: string) => readFile(path.join(peers, file), 'utf8')

/** What tells the bench that an answer has been put in place; `go` follows the link. */
const HEAD = `
  globalThis.applied = 0
  globalThis.landed = () => { applied = performance.now(); globalThis.onLanded?.() }
`
/** `isAhead`: with what each has to ask for a link before it is pressed. */
const start: Record<Side, (isAhead: boolean) => Promise<string>> = {
  ours: (isAhead) =>
    pageScript(`import { startFragments } from 'client/runtime/fragments.ts'
      import { startLater } from 'client/runtime/later.ts'
      import { startPrefetch } from 'client/runtime/prefetch.ts'
      ${HEAD}
      document.addEventListener('firstframe:applied', landed)
      const fragments = startFragments({ names: ['main'] })
      startLater(fragments, { transitions: false })
      if (${isAhead}) startPrefetch(fragments)`),
  htmx: async (isAhead) =>
    `${await peer('htmx.org/dist/htmx.min.js')};${isAhead ? await peer('htmx.org/dist/ext/hx-preload.min.js') : ''};${HEAD};document.addEventListener('htmx:after:swap', landed)`,
  'htmx-morph': (isAhead) => start.htmx(isAhead),
  turbo: async () =>
    `${await peer('@hotwired/turbo/dist/turbo.es2017-umd.js')};${HEAD};document.addEventListener('turbo:frame-render', landed)`,
  'turbo-morph': async () =>
    `${await start.turbo(false)};document.addEventListener('turbo:before-frame-render', (event) => {
      event.detail.render = (current, next) => Turbo.morphChildren(current, next)
    })`,
}

/** A part's content at `?case=…&n=…`; the same for all. */
export type Content = (fields: URLSearchParams) => string

export interface BenchSite extends AsyncDisposable {
  url: string
}

/** One server for all sides, which answers for parts after `latency` ms: `/SIDE?…` is the page, and the part alone when its library asks. Pictures are at `/p/…`. */
export async function startBenchSite(content: Content, { latency = 0, isAhead = false } = {}): Promise<BenchSite> {
  const scripts = new Map(await Promise.all(SIDES.map(async (side) => [side, await start[side](isAhead)] as const)))
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost')
    const [, first = '', second = ''] = url.pathname.split('/')
    const end = (type: string, body: string | Buffer, cache = 'no-store') =>
      res.writeHead(200, { 'Content-Type': type, 'Cache-Control': cache }).end(body)
    if (first === 'p') return end('image/png', picture(url.search), 'max-age=600')
    if (first === 'js') return end('text/javascript', scripts.get(second as Side) ?? '')
    if (!SIDES.includes(first as Side)) return res.writeHead(404).end()
    const isPart = ['fragment', 'hx-request', 'turbo-frame'].some((name) => name in req.headers)
    const part = partOf(first as Side, content(url.searchParams))
    const send = () => end('text/html;charset=utf-8', isPart ? part : pageOf(first as Side, part, isAhead))
    return isPart && latency > 0 ? void wait(latency).then(send) : send()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const partOf = (side: Side, html: string) =>
  side.startsWith('turbo')
    ? `<turbo-frame id="main" data-turbo-action="advance">${html}</turbo-frame>`
    : `<main id="main">${html}</main>`

const SWAP: Partial<Record<Side, string>> = { htmx: 'outerHTML', 'htmx-morph': 'outerMorph' }

/** The one link's address is set before each click. */
function pageOf(side: Side, part: string, isAhead: boolean): string {
  const swap = SWAP[side]
  const link = swap
    ? `<a id="go" href="#" hx-get="" hx-target="#main" hx-swap="${swap}" hx-push-url="true"${isAhead ? ' hx-preload="mouseover"' : ''}>Go</a>`
    : `<a id="go" href="#" data-turbo-frame="main">Go</a>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="turbo-prefetch" content="${isAhead}"><title>${side}</title>
<link rel="icon" href="data:,"><script defer src="/js/${side}"></script><nav>${link}</nav>${part}`
}

/** Noise, so that it weighs what a picture weighs: 64 x 64, about 12 KB; another for each address. */
function picture(seed: string): Buffer {
  const size = 64
  let state = crc32(seed)
  const raw = Buffer.alloc(size * (size * 3 + 1))
  for (let at = 0; at < raw.length; at++) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    raw[at] = at % (size * 3 + 1) === 0 ? 0 : state >>> 24
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
