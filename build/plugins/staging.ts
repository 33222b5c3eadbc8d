import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'vite'
import { stagePath, sweep, takePlace } from '../stage.ts'

export interface Staging extends Plugin {
  /** The folder whose place will be taken, absolute. */
  target(): string
  /** To be called when every file is written; `then` runs when they are in place. */
  done(then: () => void): void
}

/**
 * Builds into a folder beside the real one and takes its place by renaming when all has gone well: whoever reads `outDir` sees
 * the last good build or the new one, never a half, and a failed build changes nothing.
 */
export function staging(): Staging {
  let target: string | undefined
  let stage: string | undefined
  let complete: (() => void) | undefined
  return {
    name: 'firstframe:staging',
    enforce: 'pre',
    apply: (config, { command }) => command === 'build' && !config.build?.ssr && !config.build?.watch,
    async config(user) {
      const root = path.resolve(user.root ?? '.')
      target = path.resolve(root, user.build?.outDir ?? 'dist')
      stage = stagePath(target)
      complete = undefined
      await sweep(target)
      return { build: { outDir: stage, emptyOutDir: true } }
    },
    target: () => target ?? '',
    done(then) {
      complete = then
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        if (!target || !stage) return
        if (complete) {
          await takePlace(stage, target)
          complete()
        } else await rm(stage, { recursive: true, force: true })
      },
    },
  }
}
