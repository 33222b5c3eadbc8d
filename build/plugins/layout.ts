import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin, UserConfig } from 'vite'
import type { Resolved } from '../options.ts'
import type { State } from '../state.ts'

type Output = NonNullable<NonNullable<UserConfig['build']>['rolldownOptions']>['output']

/** Where built files go and what they are called, so that the rest can rely on it; what the project has set itself stays. */
export function layout(state: State): Plugin {
  return {
    name: 'firstframe:layout',
    enforce: 'pre',
    config(user, { command }) {
      const root = path.resolve(user.root ?? '.')
      keepApart(state.options.maps, user, root)
      const input = command === 'build' ? findEntries(state.options, root) : []
      return {
        // Where a server makes the pages: relative, so that all asset URLs follow when the files move to a CDN.
        ...(user.base === undefined && state.options.entries.length > 0 && { base: './' }),
        build: {
          // A changed script then renames itself alone. A page made by a server has to carry the map, which is for its author to say.
          chunkImportMap: user.build?.chunkImportMap ?? (input.length === 0 && takesImportMap(user, root)),
          // A picture inlined as base64 can neither be cached nor chosen by format.
          ...(state.options.maps !== false && { sourcemap: 'hidden' as const }),
          assetsInlineLimit: user.build?.assetsInlineLimit ?? 0,
          rolldownOptions: {
            ...(input.length > 0 && { input }),
            output: names(user.build?.rolldownOptions?.output ?? user.build?.rollupOptions?.output),
            // Encoding pictures takes the time it takes, and says so itself.
            checks: { pluginTimings: false },
          },
        },
        worker: {
          rolldownOptions: {
            output: names(user.worker?.rolldownOptions?.output ?? user.worker?.rollupOptions?.output),
          },
        },
      }
    },
    configResolved(config) {
      state.config = config
    },
  }
}

/** @throws TypeError where source maps would be served. */
function keepApart(maps: string | false, { build, publicDir }: UserConfig, root: string): void {
  if (maps === false) return
  const outDir = path.resolve(root, build?.outDir ?? 'dist')
  const folder = path.resolve(outDir, maps)
  for (const served of [outDir, ...(publicDir === false ? [] : [path.resolve(root, publicDir ?? 'public')])])
    if (!path.relative(served, folder).startsWith('..'))
      throw new TypeError(
        `firstframe({ maps }): ${JSON.stringify(maps)} lies in ${served}, which is served; expected a folder beside what is built, as in "../maps"`,
      )
}

/** Whether every page can be given an import map: none has one, or a policy against scripts in its text, or stands where a relative base misleads it. */
function takesImportMap(user: UserConfig, root: string): boolean {
  const { input = 'index.html' } = user.build?.rolldownOptions ?? user.build?.rollupOptions ?? {}
  const pages = typeof input === 'string' ? [input] : Object.values(input)
  const isRelative = user.base === './' || user.base === ''
  return pages.every((page) => {
    const file = path.resolve(root, page)
    if (!page.endsWith('.html') || !existsSync(file) || (isRelative && path.dirname(file) !== root)) return false
    const text = readFileSync(file, 'utf8')
    return !/type=["']?importmap|http-equiv=["']?content-security-policy/i.test(text)
  })
}

/** Hex digits, so that a hash can be told from a word. */
function names(given: Output | undefined): object {
  if (Array.isArray(given)) return {}
  return {
    hashCharacters: given?.hashCharacters ?? 'hex',
    entryFileNames: given?.entryFileNames ?? 'assets/[name]-[hash].js',
    chunkFileNames: given?.chunkFileNames ?? 'assets/[name]-[hash].js',
    assetFileNames: given?.assetFileNames ?? 'assets/[name]-[hash][extname]',
  }
}

/**
 * The files that the options' globs name, absolute.
 * @throws Error naming a path or glob that fits no file.
 */
export function findEntries({ entries, critical }: Pick<Resolved, 'entries' | 'critical'>, root: string): string[] {
  const found = new Set<string>()
  for (const glob of [...entries, ...critical]) {
    const files = globSync(glob, { cwd: root })
    if (files.length === 0)
      throw new Error(
        `firstframe({ entries, critical }): "${glob}" fits no file in ${root}: correct it, or create the file`,
      )
    for (const file of files.toSorted()) found.add(path.join(root, file))
  }
  return [...found]
}
