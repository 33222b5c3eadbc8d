import type { Plugin } from 'vite'
import { sweepCache } from './cache.ts'
import { improve } from './improve/improve.ts'
import { cacheFolder, resolveOptions, type Options } from './options.ts'
import { listPublicFiles } from './publicFiles.ts'
import { dev } from './plugins/dev.ts'
import { devAtlases } from './plugins/devAtlases.ts'
import { devPictures } from './plugins/devPictures.ts'
import { images, writePictures } from './plugins/images.ts'
import { layout } from './plugins/layout.ts'
import { checkRoom, manifest, nameRelease, writeManifest } from './plugins/manifest.ts'
import { writeMaps } from './plugins/maps.ts'
import { precompress } from './plugins/precompress.ts'
import { register } from './plugins/register.ts'
import { staging } from './plugins/staging.ts'
import { writeWebApp } from './plugins/webApp.ts'
import { buildWorker, writeWorker } from './plugins/worker.ts'
import { report } from './plugins/report.ts'
import { createState, timed } from './state.ts'

export type {
  AtlasOptions,
  ImageFormat,
  ImageOptions,
  ImageRule,
  Options,
  PictureOptions,
  Quality,
  WebApp,
} from './options.ts'

/**
 * The whole Vite side of firstframe in one call.
 *
 * @example
 * // vite.config.ts
 * export default defineConfig({ plugins: [firstframe()] })
 *
 * @throws TypeError on an option that is unknown or of the wrong kind, with the closest there is.
 */
export function firstframe(options: Options = {}): Plugin[] {
  const state = createState(resolveOptions(options))
  const stage = staging()
  let began = 0
  return [
    layout(state),
    stage,
    images(state),
    register(state),
    manifest(state),
    dev(state),
    devAtlases(state),
    devPictures(state),
    finish(),
  ]

  /** What follows when Vite has written its files, in this order: each step sees the files of those before it. */
  function finish(): Plugin {
    return {
      name: 'firstframe:finish',
      apply: 'build',
      enforce: 'post',
      async buildStart() {
        began = performance.now()
        if (this.environment.config.consumer === 'client') state.publicFiles = await listPublicFiles(state.config)
      },
      writeBundle: {
        order: 'post',
        sequential: true,
        async handler({ dir }) {
          if (this.environment.config.consumer !== 'client' || dir === undefined) return
          await withRoom(dir, () => improved(dir))
        },
      },
    }
  }

  async function improved(dir: string): Promise<void> {
    checkRoom(dir)
    const result = await improve(state, dir)
    await writePictures(state, dir)
    await writeWebApp(state, dir)
    const worker = await timed(state, 'worker', () => buildWorker(state, dir, result))
    const release = await nameRelease(dir, worker?.text ?? '')
    if (worker) await writeWorker(dir, worker, release)
    await writeMaps(state, { target: stage.target() || dir, release, maps: result.maps })
    const made = await writeManifest(state, dir, { ...result, release, worker: worker?.file })
    await timed(state, 'compression', () => precompress(state, dir))
    const seconds = (performance.now() - began) / 1000
    const tell = await report(state, { dir, target: stage.target(), improved: result, manifest: made, seconds })
    await state.known.save()
    await sweepCache(cacheFolder(state.options, state.config.root), { megabytes: state.options.cacheSize })
    stage.done(tell)
  }
}

/** A full disk is told as what it is; the folder in the making goes, and the last build stays. */
async function withRoom(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')))
      throw error
    throw new Error(
      `The build cannot be written to ${dir} (${error.message}): make room there; the last build is untouched`,
      { cause: error },
    )
  }
}
