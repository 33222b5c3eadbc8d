import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build, type Plugin } from 'vite'
import { encodeTable } from '../../server/wire/table.ts'
import type { Answer, File, Precache } from '../../server/wire/manifest.ts'
import { nameHash } from '../cache.ts'
import type { Improved } from '../improve/improve.ts'
import { STATIC_WORKER, type State } from '../state.ts'

const PRECACHE = 'virtual:firstframe/precache'
/** The release is the hash of all files, the worker's among them: the worker is built with this in its place. */
const RELEASE = '%FIRSTFRAME_RELEASE%'

/** In the package its modules are JavaScript. */
const SUFFIX = path.extname(import.meta.filename)
/** The kit's own worker, for a game whose pages are files, and the one that takes it away; built by their paths, since no room imports another. */
const STATIC = path.join(import.meta.dirname, `../../client/worker/static/main${SUFFIX}`)
const OFF = path.join(import.meta.dirname, `../../client/worker/off${SUFFIX}`)
const OWN_WORKER = 'worker.js'

/** A service worker that is built but for its release. */
export interface Worker {
  /** Its file, at the root of what is served. */
  file: string
  text: string
}

/** Builds the service worker: one classic script, minified, that knows what to fetch at install. Undefined where there is to be none. */
export async function buildWorker(state: State, dir: string, improved: Improved): Promise<Worker | undefined> {
  const { worker } = state.options
  if (worker === 'off') return { file: STATIC_WORKER, text: await bundle(state, OFF, { release: RELEASE, shell: [] }) }
  if (typeof worker === 'string')
    return {
      file: OWN_WORKER,
      text: await bundle(state, path.resolve(state.config.root, worker), { release: RELEASE, shell: shell(state) }),
    }
  if (!improved.registers) return undefined
  const table = await writeTable(state, dir, improved)
  return {
    file: STATIC_WORKER,
    text: await bundle(state, STATIC, { release: RELEASE, shell: firstScene(improved), table }),
  }
}

async function bundle({ config }: State, entry: string, list: Precache): Promise<string> {
  const { root, mode, resolve, define } = config
  const result = await build({
    root,
    mode,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: resolve.alias },
    ...(define && { define }),
    plugins: [precache(list)],
    build: {
      write: false,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      // Not as a library: Vite leaves the white space of those.
      rolldownOptions: { input: entry, output: { format: 'iife', entryFileNames: OWN_WORKER } },
    },
  })
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  const script = outputs.find((output) => output.type === 'chunk' && output.isEntry)
  if (script?.type !== 'chunk' || outputs.length > 1)
    throw new Error(
      `The service worker ${entry} came out as ${outputs.length} files: it must be one, without dynamic imports or styles`,
    )
  return script.code
}

export const writeWorker = (outDir: string, { file, text }: Worker, release: string): Promise<void> =>
  writeFile(path.join(outDir, file), text.replaceAll(RELEASE, release))

/** All scripts, styles and fonts: a page's own styles stand in it, but a step to another place asks for those of that place. */
function shell({ entries, files }: State): File[] {
  const scripts = Object.values(files).filter(({ file }) => file.endsWith('.js'))
  const fonts = Object.values(files).filter(({ file }) => file.endsWith('.woff2'))
  const lazyStyles = Object.values(files).filter(({ file }) => file.endsWith('.css'))
  return [...Object.values(entries), ...scripts, ...lazyStyles, ...fonts]
    .map(({ file, bytes }) => ({ file, bytes }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** The documents, and what they name themselves: without that nothing shows. All else is stored as it is met. */
function firstScene({ site, documents }: Improved): File[] {
  const files = new Set<string>()
  for (const [page, { preloads }] of Object.entries(documents))
    for (const file of [page, ...preloads.flatMap(({ file, as }) => (as === 'image' ? [] : [file]))]) files.add(file)
  return Array.from(files, (file) => ({ file, bytes: site.bytes(file).length }))
}

/** What the worker knows of the files that keep their names, by a file of its own: a worker's script is compared at every visit. */
async function writeTable(state: State, dir: string, { answers, documents, site }: Improved): Promise<string> {
  // Documents, and files that the project has named without a hash.
  const unhashed = [...site.files].filter((file) => state.built.has(file) && !/-[0-9a-f]{8}\.[^/]+$/.test(file))
  const pages = [...new Set([...Object.keys(documents), ...unhashed])].map((page): [string, Answer] => {
    const bytes = site.bytes(page)
    return [page, { hash: nameHash(bytes), bytes: bytes.length, instead: [] }]
  })
  const { assetsDir } = state.config.build
  const text = JSON.stringify(encodeTable({ ...answers, ...Object.fromEntries(pages) }, assetsDir))
  const file = path.posix.join(assetsDir, `table-${nameHash(Buffer.from(text))}.json`)
  await writeFile(path.join(dir, file), text)
  state.files['firstframe:table'] = { file, bytes: Buffer.byteLength(text) }
  return file
}

/** Serves the list as a module's default export. */
function precache(list: Precache): Plugin {
  return {
    name: 'firstframe:precache',
    resolveId: (id) => (id === PRECACHE ? `\0${PRECACHE}` : undefined),
    load: (id) => (id === `\0${PRECACHE}` ? `export default ${JSON.stringify(list)}` : undefined),
  }
}
