import type { ServerResponse } from 'node:http'
import path from 'node:path'
import type { Connect, Plugin } from 'vite'
import { packNamed } from '../improve/atlases.ts'
import { decode } from '../improve/texts.ts'
import type { State } from '../state.ts'

/** Under `vite dev`, packs an atlas when it is asked for; the cache knows it until a frame changes. */
export function devAtlases(state: State): Plugin {
  async function answer(url: string): Promise<{ type: string; body: string | Buffer } | undefined> {
    const asked = decode(url.replace(/[?#].*$/, '').slice(1))
    for (const name of Object.keys(state.options.atlases)) {
      if (!asked.startsWith(name)) continue
      const [, index = '0', suffix] = /^(?:-(\d+))?\.(json|png)$/.exec(asked.slice(name.length)) ?? []
      if (suffix === undefined) continue
      const atlas = await packNamed(state, name)
      const files = atlas.sheets.map((_sheet, at) => {
        const part = path.posix.basename(at === 0 ? name : `${name}-${at}`)
        return { image: `${part}.png`, json: `${part}.json` }
      })
      if (suffix === 'json') {
        const text = atlas.describe(files)[Number(index)]
        return text === undefined ? undefined : { type: 'application/json', body: text }
      }
      const sheet = atlas.sheets[Number(index)]
      return sheet && { type: 'image/png', body: sheet.png }
    }
    return undefined
  }

  async function serve(req: Connect.IncomingMessage, res: ServerResponse, next: Connect.NextFunction): Promise<void> {
    try {
      const found = await answer(req.url ?? '/')
      if (!found) return next()
      res.setHeader('Content-Type', found.type)
      res.setHeader('Cache-Control', 'no-cache')
      res.end(found.body)
    } catch (error) {
      next(error)
    }
  }

  return {
    name: 'firstframe:dev-atlases',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((req, res, next) => void serve(req, res, next))
    },
  }
}
