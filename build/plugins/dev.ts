import { globSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Connect, Plugin, ViteDevServer } from 'vite'
import type { Entry, File, Image, Manifest, Variant } from '../../server/wire/manifest.ts'
import { hashOf } from '../cache.ts'
import { encodeOne, factsOf, planOf, recallPicture, type EncodeRule, type Encoded, type Format } from '../encode.ts'
import { findSources, type Source } from '../sources.ts'
import { artFolder, fromRoot, type State } from '../state.ts'
import { findEntries } from './layout.ts'
import { describeWebApp, WEB_APP } from './webApp.ts'

const NAME = 'firstframe:dev'
/** Pictures are served under this: `@firstframe/scenes/sky-480-1a2b3c4d.webp`, the hash being the source's. */
const PREFIX = '@firstframe/'
const PICTURE = /^\/@firstframe\/(?<name>.+)-(?<width>\d+)-[0-9a-f]{8}\.(?<format>avif|webp|png|jpeg)$/
const OTHER_FILES = '**/*.{woff2,woff,ttf,otf,mp3,ogg,m4a,wav,glb,gltf}'

interface Api {
  manifest(): Promise<Manifest>
}

/** Under `vite dev`, encodes pictures when they are asked for, into the cache that builds use, and describes them as a manifest. */
export function dev(state: State): Plugin<Api> {
  const known = new Map<string, { stamp: string; image: Image }>()
  let scripts = new Set<string>()

  async function describeImages(): Promise<Record<string, Image>> {
    const { images } = state.options
    if (images === false) return {}
    const described: [string, Image][] = []
    for (const source of await findSources(artFolder(state), images)) {
      const { mtimeMs, size } = await stat(source.file)
      const stamp = `${mtimeMs} ${size}`
      let entry = known.get(source.name)
      if (entry?.stamp !== stamp) {
        entry = { stamp, image: await describeImage(state, source) }
        known.set(source.name, entry)
      }
      described.push([source.name, entry.image])
    }
    return Object.fromEntries(described)
  }

  /** What stands at this URL, if it is one of ours. */
  async function answer(url: string): Promise<{ type: string; body: Buffer | string } | undefined> {
    const { images, app } = state.options
    if (app !== false && url === `/${WEB_APP}`)
      return { type: 'application/manifest+json', body: describeWebApp(app, await describeImages()) }
    const asked = PICTURE.exec(decodeURI(url))?.groups
    if (!asked || images === false) return undefined
    const source = (await findSources(artFolder(state), images)).find(({ name }) => name === asked['name'])
    if (!source) return undefined
    const format = asked['format'] as Format
    const bytes = await readFile(source.file)
    const body = await encodeOne(bytes, source.rule, Number(asked['width']), format, state.caches.variants)
    return { type: `image/${format}`, body }
  }

  async function serve(req: Connect.IncomingMessage, res: ServerResponse, next: Connect.NextFunction): Promise<void> {
    try {
      const found = await answer(req.url ?? '/')
      if (!found) return next()
      res.setHeader('Content-Type', found.type)
      res.setHeader('Cache-Control', found.type.startsWith('image/') ? 'max-age=31536000, immutable' : 'no-cache')
      res.end(found.body)
    } catch (error) {
      next(error)
    }
  }

  return {
    name: NAME,
    apply: 'serve',
    api: {
      async manifest() {
        const entries = findEntries(state.options, state.config.root).map((file) => fromRoot(state, file))
        return {
          format: 2,
          answers: {},
          documents: {},
          release: 'dev',
          entries: Object.fromEntries(entries.map((file): [string, Entry] => [file, asEntry(file)])),
          images: await describeImages(),
          files: otherFiles(state.config.root),
        }
      },
    },
    configResolved(config) {
      scripts = new Set(findEntries(state.options, config.root).filter((file) => !file.endsWith('.css')))
    },
    /** Vite's client comes with the page's own script: pages need not know that they are in development. */
    transform(code, id) {
      return scripts.has(id) ? { code: `import '/@vite/client'\n${code}`, map: null } : undefined
    },
    configureServer(server) {
      server.middlewares.use((req, res, next) => void serve(req, res, next))
    },
  }
}

/**
 * The manifest of what a development server serves now: the same shape as a build's, its files being URLs of that server.
 * Styles carry no text: they are linked, so that Vite can replace them in place.
 * @throws Error if the server runs without `firstframe()`.
 */
export async function devManifest(server: ViteDevServer): Promise<Manifest> {
  const plugin = server.config.plugins.find(({ name }) => name === NAME)
  if (!plugin) throw new Error('devManifest(): this Vite server runs without firstframe(): add it to the plugins')
  return (plugin.api as Api).manifest()
}

const asEntry = (file: string): Entry => ({ kind: file.endsWith('.css') ? 'style' : 'script', file, bytes: 0 })

const otherFiles = (root: string): Record<string, File> =>
  Object.fromEntries(
    globSync(OTHER_FILES, { cwd: root, exclude: ['**/node_modules/**'] }).map((file) => [file, { file, bytes: 0 }]),
  )

/** As the last build made it where the cache still has that; else without AVIF, which takes seconds where WebP takes a moment. */
async function describeImage(state: State, { name, file, rule }: Source): Promise<Image> {
  const bytes = await readFile(file)
  const hash = hashOf(bytes).slice(0, 8)
  const built = await recallPicture(bytes, rule, state.caches)
  const { width, height, alpha, placeholder } = built ?? (await factsOf(bytes, rule.cut))
  const planned: Pick<Encoded, 'type' | 'width' | 'height'>[] =
    built?.variants ??
    quickPlan(rule, { width, alpha }).map((plan) => ({
      type: `image/${plan.format}`,
      width: plan.width,
      height: Math.max(1, Math.round((height * plan.width) / width)),
    }))
  const variants = planned.map((variant): Variant => {
    const format = variant.type.slice('image/'.length)
    return {
      file: `${PREFIX}${name}-${variant.width}-${hash}.${format}`,
      bytes: 0,
      type: variant.type,
      width: variant.width,
      height: variant.height,
    }
  })
  return { width, height, alpha, placeholder, variants }
}

function quickPlan(rule: EncodeRule, facts: { width: number; alpha: boolean }): ReturnType<typeof planOf> {
  const plan = planOf(rule, facts)
  const quick = plan.filter(({ format }) => format !== 'avif')
  return quick.length > 0 ? quick : plan
}
