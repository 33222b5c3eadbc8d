import { readFile, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import path from 'node:path'
import type { Connect, Plugin } from 'vite'
import { chooseInstead } from '../../server/wire/negotiate.ts'
import { decode } from '../improve/texts.ts'
import { optionsFor } from '../improve/shrinkAll.ts'
import { recallShrunk, shrink, type Shrunk } from '../pictures/shrink.ts'
import type { PictureOptions } from '../options.ts'
import type { State } from '../state.ts'

const RASTER = /\.(?:png|jpe?g|webp|avif|gif)$/i
/** Addresses with which Vite asks for a module about a picture, not for the picture. */
const MODULE = /[?&](?:import|url|raw|inline|no-inline)\b/

/**
 * Under `vite dev`, answers a picture's own address as the built game will be answered: with the encoding that the caller takes. Each is
 * made when it is first asked for, into the cache that builds use. AVIF takes too long to be waited for: it is sent once a build has made it.
 */
export function devPictures(state: State): Plugin {
  const underWay = new Map<string, Promise<Shrunk>>()

  /** One encoding at a time of the same file; those who ask meanwhile wait for it. */
  async function shrunk(pictures: Required<PictureOptions>, file: string, name: string): Promise<Shrunk> {
    const hash = await state.known.hash(file)
    const options = { ...optionsFor(pictures, name), avif: () => false }
    const recalled = await recallShrunk(hash, options, state.caches)
    if (recalled) return recalled
    let work = underWay.get(hash)
    if (!work) {
      work = readFile(file)
        .then((bytes) => shrink(bytes, options, state.caches))
        .then(({ picture }) => picture)
        .finally(() => underWay.delete(hash))
      underWay.set(hash, work)
    }
    return work
  }

  async function serve(req: Connect.IncomingMessage, res: ServerResponse, next: Connect.NextFunction): Promise<void> {
    try {
      if (!(await answer(req, res))) next()
    } catch (error) {
      next(error)
    }
  }

  /** @returns false for what is not ours to answer. */
  async function answer(req: Connect.IncomingMessage, res: ServerResponse): Promise<boolean> {
    const { config, caches, options } = state
    const { pictures } = options
    if (pictures === false) return false
    const url = req.url ?? '/'
    const address = decode(url.replace(/[?#].*$/, ''))
    const name = address.replace(/^\//, '')
    if (req.method !== 'GET' || !RASTER.test(name) || MODULE.test(url) || name.startsWith('@')) return false
    const found = await firstFile([config.publicDir, config.root], name)
    if (found === undefined) return false
    let picture: Shrunk
    try {
      picture = await shrunk(pictures, found, name)
    } catch (error) {
      config.logger.warn(`${found}: ${error instanceof Error ? error.message : String(error)}`, { timestamp: true })
      return false
    }
    const whole = picture.variants.filter(({ width }) => width === picture.width).sort((a, b) => a.bytes - b.bytes)
    const shape = chooseInstead(req.headers.accept, {
      instead: whole.map(({ bytes, type, key }) => ({ file: key, bytes, type })),
    })
    const body = shape && (await caches.variants.read(shape.file))
    res.setHeader('Vary', 'Accept')
    if (!body) return false
    const etag = `"${shape.file.slice(0, 16)}"`
    res.setHeader('ETag', etag)
    res.setHeader('Cache-Control', 'no-cache')
    if (req.headers['if-none-match'] === etag) {
      res.writeHead(304).end()
      return true
    }
    res.setHeader('Content-Type', shape.type)
    res.end(body)
    return true
  }

  return {
    name: 'firstframe:dev-pictures',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((req, res, next) => void serve(req, res, next))
      server.httpServer?.once('close', () => void state.known.save().catch(() => {}))
    },
  }
}

/** The first folder that has the file; a name cannot lead out of it. */
async function firstFile(folders: string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, name)
    if (folder === '' || !file.startsWith(folder + path.sep)) continue
    if ((await stat(file).catch(() => undefined))?.isFile()) return file
  }
  return undefined
}
