import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser } from '@playwright/test'
import { build, type Plugin } from 'vite'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { summarise, type Figure } from '../figure.ts'

const root = path.join(import.meta.dirname, '../../..')
const FILES = 1000
/** Ms until the server answers anything. */
const ROUND_TRIP = 100

/** A worker that is to store {@link FILES} files when it is installed: its source, and what stands for `virtual:` modules. */
interface Side {
  code: string
  resolve: string
}

/** How long the service worker takes to install where it has much to fetch, and how large its script is. */
export async function* workerFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  yield await workerInstall(say)
  yield await workerBytes()
}

async function workerInstall(say: (line: string) => void): Promise<Figure> {
  const files = new Map<string, string>()
  for (let n = 0; n < FILES; n++) {
    const text = `export const part = ${n}\n`.padEnd(600, `/* ${n} */\n`)
    files.set(`assets/part${n}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.bin`, text)
  }
  const names = [...files.keys()]
  const ours: Side = {
    code: `import ${JSON.stringify(path.join(root, 'client/worker/static/main.ts'))}`,
    resolve: `export default ${JSON.stringify({ release: 'bench', shell: names.map((file) => ({ file, bytes: 600 })) })}`,
  }
  const workbox: Side = {
    code: `import { precacheAndRoute } from 'workbox-precaching'
      precacheAndRoute(${JSON.stringify(names.map((url) => ({ url, revision: null })))})`,
    resolve: '',
  }
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  say(`${FILES} files at ${ROUND_TRIP} ms, ours`)
  const our = await install(browser, files, ours)
  say(`${(our / 1000).toFixed(1)} s; Workbox's, which fetches one after another`)
  const their = await install(browser, files, workbox)
  say(`${(their / 1000).toFixed(1)} s`)
  return summarise({
    name: 'worker-install',
    unit: 'ratio',
    versus: `workbox-precaching 7.4.1, ${FILES} files at ${ROUND_TRIP} ms`,
    values: [our / their],
  })
}

/** Ms from the registration to the active worker, in a browser that has nothing yet. */
async function install(browser: Browser, files: ReadonlyMap<string, string>, side: Side): Promise<number> {
  const worker = await bundle(side)
  const server = createServer((req, res) => {
    const name = (req.url ?? '/').slice(1)
    const body = name === '' ? '<!doctype html><title>bench</title>' : name === 'worker.js' ? worker : files.get(name)
    void wait(ROUND_TRIP).then(() =>
      res
        .writeHead(body === undefined ? 404 : 200, {
          'Content-Type': name === '' ? 'text/html' : 'text/javascript',
          'Cache-Control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        })
        .end(body),
    )
  })
  // Or an idle connection is closed under the next request.
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    const { took, stored } = await page.evaluate(inPage, files.size)
    if (stored < files.size) throw new Error(`worker-install: ${stored} of ${files.size} files were stored`)
    return took
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Runs in the page. */
async function inPage(files: number): Promise<{ took: number; stored: number }> {
  const began = performance.now()
  const { installing, active } = await navigator.serviceWorker.register('worker.js')
  // What the kit's page says next, and Workbox does not mind.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
  installing?.postMessage({ type: 'used', urls: [] })
  await new Promise<void>((resolve, reject) => {
    if (active) resolve()
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'activated') resolve()
      if (installing.state === 'redundant') reject(new Error('the worker could not be installed'))
    })
  })
  const count = async () => {
    let stored = 0
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      const keys = await cache.keys()
      stored += keys.filter(({ url }) => url.includes('/assets/')).length
    }
    return stored
  }
  let stored = await count()
  // One that does not hold up the install with all of it stores the rest right after.
  for (let before = -1; stored < files && stored > before; before = stored, stored = await count())
    await new Promise((resolve) => setTimeout(resolve, 500))
  const took = performance.now() - began
  return { took, stored }
}

/** One classic script, minified, as the plugin makes the worker. Peers are the bench's own packages. */
async function bundle({ code, resolve }: Side): Promise<string> {
  const entry = path.join(import.meta.dirname, 'worker-entry.js')
  const modules: Plugin = {
    name: 'bench',
    enforce: 'pre',
    resolveId: (id) => (id === entry ? id : id.startsWith('virtual:') ? `\0${id}` : undefined),
    load: (id) => (id === entry ? code : id.startsWith('\0virtual:') ? resolve : undefined),
  }
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [modules],
    build: { write: false, rolldownOptions: { input: entry, output: { format: 'iife' } } },
  })
  const [chunk] = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  if (chunk?.type !== 'chunk') throw new Error('worker-install: nothing was bundled')
  return chunk.code
}

/** The script as `firstframe()` ships it with a game of one page. */
async function workerBytes(): Promise<Figure> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-worker-'))
  try {
    await mkdir(path.join(folder, 'public'))
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>')
    await writeFile(path.join(folder, 'main.js'), `fetch('level.json')`)
    await writeFile(path.join(folder, 'public/level.json'), '{"level": 1}')
    const entry = createRequire(path.join(root, 'package.json')).resolve('firstframe')
    const { firstframe } = (await import(pathToFileURL(entry).href)) as {
      firstframe: (options: { cache: string }) => Plugin[]
    }
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      plugins: [firstframe({ cache: path.join(folder, 'cache') })],
    })
    const { worker = '' } = JSON.parse(await readFile(path.join(folder, 'dist/manifest.json'), 'utf8')) as {
      worker?: string
    }
    const script = await readFile(path.join(folder, 'dist', worker))
    return summarise({
      name: 'worker-bytes',
      unit: 'bytes',
      versus: 'gzip 9',
      values: [gzipSync(script, { level: 9 }).length],
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
