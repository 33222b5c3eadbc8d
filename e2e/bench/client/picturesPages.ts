import { once } from 'node:events'
import { globSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { sharp } from '../build/picturesPixels.ts'
import { engineScript } from '../../kit/adapters/engine.ts'

const art = path.join(import.meta.dirname, '../../../client/game/art')

/** Pixels: what a game's sprites and items have. */
const SIDE = 192

/** How a page loads the pictures of a world, in its engine and by whose loader. */
export interface Way {
  engine: 'pixi' | 'phaser'
  /** By the kit's adapter, otherwise by the engine's own loader. */
  isOurs?: boolean
  /** The engine's own settings. */
  settings?: { workers?: boolean; parallel?: number }
}

/** What a page is asked: all of a world, of which some is on screen. */
export interface World {
  urls: string[]
  seen: string[]
  /** Whether the loader is told by hand what is on screen: it is loaded first, the rest after it. */
  isTold?: boolean
  /** Ends when what is on screen is painted, otherwise when all have come or failed. */
  untilPainted?: boolean
}

export interface Loaded {
  /** Ms until the frame that shows all that is on screen. */
  painted: number
  /** How many came. */
  completed: number
}

/** In the page: does as it is told, by the way it is asked. */
const PIXI = `
  import { Application, Assets, createTexture, extensions, getResolutionOfUrl, ImageSource, Sprite } from 'pixi.js'
  import { pixiPictures } from 'client/runtime/adapters/pixi.ts'
  const app = new Application()
  await app.init({ width: 480, height: 360, preference: 'webgl' })
  globalThis.load = async ({ isOurs, settings = {} }, { urls, seen, isTold, untilPainted }) => {
    await Assets.init({ skipDetections: true, loadOptions: { strategy: 'retry', retryCount: 4 } })
    if (isOurs) {
      const lane = (url) => (seen.includes(new URL(url).pathname) ? 0 : 1)
      extensions.add(pixiPictures({ ImageSource, createTexture, getResolutionOfUrl }, { lane }))
    } else Assets.setPreferences({ preferWorkers: settings.workers })
    const start = performance.now()
    const painted = Promise.withResolvers()
    let [missing, completed] = [seen.length, 0]
    const show = async (url) => {
      const texture = await Assets.load(url).catch(() => undefined)
      if (!texture) return
      completed++
      if (!seen.includes(url)) return
      const sprite = new Sprite(texture)
      sprite.position.set((seen.indexOf(url) % 4) * 120, Math.floor(seen.indexOf(url) / 4) * 120)
      app.stage.addChild(sprite)
      if (--missing > 0) return
      app.render()
      requestAnimationFrame(() => setTimeout(() => painted.resolve(performance.now() - start)))
    }
    const rest = urls.filter((url) => !isTold || !seen.includes(url))
    let all
    if (isTold) {
      all = seen.map(show)
      // Pixi's own way to load what is wanted later.
      void Assets.backgroundLoad(rest)
      if (!untilPainted) all = all.concat(rest.map(show))
    } else all = rest.map(show)
    if (!untilPainted) await Promise.all(all)
    return { painted: untilPainted ? await painted.promise : 0, completed }
  }
`
const PHASER = `
  import * as Phaser from 'phaser'
  import { phaserPictures } from 'client/runtime/adapters/phaser.ts'
  const scene = await new Promise((resolve) => {
    class World extends Phaser.Scene {
      create() { resolve(this) }
    }
    new Phaser.Game({ type: Phaser.WEBGL, width: 480, height: 360, banner: false, audio: { noAudio: true }, scene: World })
  })
  globalThis.load = async ({ isOurs, settings = {} }, { urls, seen, isTold, untilPainted }) => {
    if (isOurs) phaserPictures(Phaser.Loader, { lane: (key) => (seen.includes(key) ? 0 : 1) })
    const { load, game } = scene
    load.maxParallelDownloads = settings.parallel ?? 32
    load.maxRetries = 4
    load.setCORS('anonymous')
    const start = performance.now()
    const painted = Promise.withResolvers()
    let [missing, completed] = [seen.length, 0]
    load.on('filecomplete', (key) => {
      completed++
      if (!seen.includes(key)) return
      scene.add.image((seen.indexOf(key) % 4) * 120, Math.floor(seen.indexOf(key) / 4) * 120, key).setOrigin(0)
      if (--missing > 0) return
      game.events.once('postrender', () =>
        requestAnimationFrame(() => setTimeout(() => painted.resolve(performance.now() - start))),
      )
    })
    for (const url of isTold ? new Set([...seen, ...urls]) : urls) load.image(url, url)
    const all = new Promise((resolve) => load.once('complete', resolve))
    load.start()
    if (!untilPainted) await all
    return { painted: untilPainted ? await painted.promise : 0, completed }
  }
`

export interface Pages extends AsyncDisposable {
  url: string
  /** Called for each picture that is asked for: true fails it. */
  fails: () => boolean
}

/** Serves a page for each engine, and the game's pictures at `/pic/0` and so on. */
export async function servePages(scripts: Record<string, string>): Promise<Pages> {
  const files = globSync('{items,monsters,avatars}/*.webp', { cwd: art }).toSorted()
  const pictures = await Promise.all(files.map((file) => sharp(path.join(art, file)).resize(SIDE).webp().toBuffer()))
  let failures = 0

  function picture(number: number, res: ServerResponse) {
    if (pages.fails()) {
      // In turn refused and cut: an engine may take one for the other.
      if (failures++ % 2 === 0) res.writeHead(503).end()
      else res.socket?.destroy()
      return
    }
    const body = pictures[number % pictures.length]
    res.writeHead(200, { 'Content-Type': 'image/webp', 'Content-Length': body?.length, 'Cache-Control': 'no-store' })
    res.end(body)
  }

  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost')
    const [, place = '', name = ''] = pathname.split('/')
    if (place === 'pic') picture(Number.parseInt(name, 10), res)
    else if (place.endsWith('.js')) {
      // An engine is fetched once and kept.
      res.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=3600' })
      res.end(scripts[place.slice(0, -3)])
    } else {
      res.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' })
      res.end(
        `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>${place}</title><script type="module" src="/${place}.js"></script>`,
      )
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pages: Pages = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    fails: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return pages
}

/** The pages' scripts, with the engines in them. */
export const engineScripts = async (): Promise<Record<string, string>> => ({
  pixi: await engineScript(PIXI),
  phaser: await engineScript(PHASER),
})
