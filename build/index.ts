import type { Plugin } from 'vite'
import { resolveOptions, type Options } from './options.ts'
import { criticalCss } from './plugins/criticalCss.ts'
import { dev } from './plugins/dev.ts'
import { images, writePictures } from './plugins/images.ts'
import { layout } from './plugins/layout.ts'
import { checkRoom, manifest, nameRelease, writeManifest } from './plugins/manifest.ts'
import { precompress } from './plugins/precompress.ts'
import { staging } from './plugins/staging.ts'
import { writeWebApp } from './plugins/webApp.ts'
import { buildWorker, writeWorker } from './plugins/worker.ts'
import { createState } from './state.ts'

export type { ImageFormat, ImageOptions, ImageRule, Options, Quality, WebApp } from './options.ts'

/**
 * The whole Vite side of firstframe in one call.
 *
 * @example
 * // vite.config.ts
 * export default defineConfig({ plugins: [firstframe({ images: { root: 'art' }, worker: 'worker.ts' })] })
 *
 * @throws TypeError on an option that is unknown or of the wrong kind, with the closest there is.
 */
export function firstframe(options: Options = {}): Plugin[] {
  const state = createState(resolveOptions(options))
  const stage = staging()
  return [layout(state), stage, images(state), criticalCss(state), manifest(state), dev(state), finish()]

  /** What follows when Vite has written its files, in this order: each step sees the files of those before it. */
  function finish(): Plugin {
    return {
      name: 'firstframe:finish',
      apply: 'build',
      enforce: 'post',
      writeBundle: {
        order: 'post',
        sequential: true,
        async handler({ dir }) {
          if (this.environment.config.consumer !== 'client' || dir === undefined) return
          checkRoom(dir)
          await writePictures(state, dir)
          await writeWebApp(state, dir)
          const worker = await buildWorker(state)
          const release = await nameRelease(dir, worker)
          if (worker !== '') await writeWorker(dir, worker, release)
          await writeManifest(state, dir, release)
          await precompress(state, dir)
          stage.done()
        },
      },
    }
  }
}
