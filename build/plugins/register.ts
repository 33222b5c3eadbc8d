import path from 'node:path'
import type { Plugin } from 'vite'
import { STATIC_WORKER, type State } from '../state.ts'

const REGISTER = 'virtual:firstframe/register'
const SUFFIX = path.extname(import.meta.filename)
const RUNTIME = path.join(import.meta.dirname, `../../client/runtime/register${SUFFIX}`)

/** The small script that registers the kit's service worker: a chunk of the game's own build, named in its pages by `improve/documents.ts`. */
export function register(state: State): Plugin {
  return {
    name: 'firstframe:register',
    apply: 'build',
    buildStart() {
      const { options, config } = state
      if (options.worker !== true || this.environment.config.consumer !== 'client' || options.entries.length > 0) return
      const { input } = config.build.rolldownOptions
      const pages = input === undefined ? ['index.html'] : typeof input === 'string' ? [input] : Object.values(input)
      if (pages.some((page) => page.endsWith('.html')))
        this.emitFile({ type: 'chunk', id: REGISTER, name: 'firstframe' })
    },
    resolveId: (id) => (id === REGISTER ? `\0${REGISTER}` : undefined),
    load(id) {
      if (id !== `\0${REGISTER}`) return undefined
      const up = '../'.repeat(state.config.build.assetsDir.split('/').filter(Boolean).length)
      // Not in one expression: Vite would take the worker for an asset.
      return `import { registerGame } from ${JSON.stringify(RUNTIME)}
const here = import.meta.url
registerGame(new URL(${JSON.stringify(up + STATIC_WORKER)}, here))`
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const output of Object.values(bundle))
          if (output.type === 'chunk' && output.facadeModuleId === `\0${REGISTER}`) state.register = output.fileName
      },
    },
  }
}
