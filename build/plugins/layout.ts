import { globSync } from 'node:fs'
import path from 'node:path'
import type { Plugin, UserConfig } from 'vite'
import type { Resolved } from '../options.ts'
import type { State } from '../state.ts'

/** Where built files go and what they are called, so that the rest can rely on it; what the project has set itself stays. */
export function layout(state: State): Plugin {
  return {
    name: 'firstframe:layout',
    enforce: 'pre',
    config(user, { command }) {
      const root = path.resolve(user.root ?? '.')
      const input = command === 'build' ? findEntries(state.options, root) : []
      return {
        // Relative, so that all asset URLs follow when the files move to a CDN.
        base: user.base ?? './',
        build: {
          // A picture inlined as base64 can neither be cached nor chosen by format.
          assetsInlineLimit: user.build?.assetsInlineLimit ?? 0,
          rolldownOptions: {
            ...(input.length > 0 && { input }),
            output: names(user),
            // Encoding pictures takes the time it takes, and says so itself.
            checks: { pluginTimings: false },
          },
        },
      }
    },
    configResolved(config) {
      state.config = config
    },
  }
}

/** Hex digits, so that a hash can be told from a word. */
function names(user: UserConfig): object {
  const given = user.build?.rolldownOptions?.output ?? user.build?.rollupOptions?.output
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
