import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build, type Plugin } from 'vite'
import type { File, Precache } from '../../server/wire/manifest.ts'
import type { State } from '../state.ts'

const PRECACHE = 'virtual:firstframe/precache'
/** The release is the hash of all files, the worker's among them: the worker is built with this in its place. */
const RELEASE = '%FIRSTFRAME_RELEASE%'

/**
 * Builds the service worker: one classic script, minified, that knows what to fetch at install.
 * @returns its text, in which the release is still to be filled in by {@link writeWorker}.
 */
export async function buildWorker(state: State): Promise<string> {
  const { worker } = state.options
  if (worker === false) return ''
  const { root, mode, resolve, define } = state.config
  const result = await build({
    root,
    mode,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: resolve.alias },
    ...(define && { define }),
    plugins: [precache({ release: RELEASE, shell: shell(state) })],
    build: {
      write: false,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      // Not as a library: Vite leaves the white space of those.
      rolldownOptions: { input: path.resolve(root, worker), output: { format: 'iife', entryFileNames: 'worker.js' } },
    },
  })
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  const script = outputs.find((output) => output.type === 'chunk' && output.isEntry)
  if (script?.type !== 'chunk' || outputs.length > 1)
    throw new Error(
      `The service worker ${worker} came out as ${outputs.length} files: it must be one, without dynamic imports or styles`,
    )
  return script.code
}

export const writeWorker = (outDir: string, text: string, release: string): Promise<void> =>
  writeFile(path.join(outDir, 'worker.js'), text.replaceAll(RELEASE, release))

/** All scripts, styles and fonts: a page's own styles stand in it, but a step to another place asks for those of that place. */
function shell({ entries, files }: State): File[] {
  const scripts = Object.values(files).filter(({ file }) => file.endsWith('.js'))
  const fonts = Object.values(files).filter(({ file }) => file.endsWith('.woff2'))
  const lazyStyles = Object.values(files).filter(({ file }) => file.endsWith('.css'))
  return [...Object.values(entries), ...scripts, ...lazyStyles, ...fonts]
    .map(({ file, bytes }) => ({ file, bytes }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** Serves the list as a module's default export. */
function precache(list: Precache): Plugin {
  return {
    name: 'firstframe:precache',
    resolveId: (id) => (id === PRECACHE ? `\0${PRECACHE}` : undefined),
    load: (id) => (id === `\0${PRECACHE}` ? `export default ${JSON.stringify(list)}` : undefined),
  }
}
