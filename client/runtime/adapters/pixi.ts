import { fetchPicture } from '../images/fetch.ts'
import { turn } from '../images/frame.ts'

/** What it takes of Pixi 8, by structure: the kit does not depend on it. */
export interface Pixi<Source, Texture> {
  ImageSource: new (options: { resource: ImageBitmap }) => Source
  createTexture: (source: Source, loader: never, url: string) => Texture
  getResolutionOfUrl: (url: string) => number
}

export interface PixiOptions {
  /** 0 on screen, 1 next (default), 2 when nothing else is wanted; asked while a picture waits. */
  lane?: (url: string) => number
  /** Attempts after the first before `Assets` hears of a failure. Default 4. */
  retries?: number
  /** Ms before the first retry, doubled for each further one, jittered by half. Default 600. */
  retryAfter?: number
}

/** What Pixi hands a parser of an asset: the options of the texture's source. */
interface Asset {
  data?: { resolution?: number; alphaMode?: string } | undefined
}

interface Destroyable {
  source: { resource: { close?(): void } }
  destroy(destroySource: boolean): void
}

/** Above Pixi's own loader of textures, which has 2. */
const PRIORITY = 3
const PICTURE = /^[^?#]+\.(?:avif|webp|png|jpe?g)(?:[?#]|$)/i

/**
 * A parser by which `Assets` loads pictures as the kit does: by lane, as many at once as the line bears, tried again, handed over a few
 * ms a frame, and cancelled by `cancel()`. All else is Pixi's: bundles, background loading, progress, cache, spritesheets, `unload`,
 * which also closes the bitmap. SVG, compressed textures and `data:` stay with Pixi's own parsers.
 *
 * @example
 * import { Assets, createTexture, extensions, getResolutionOfUrl, ImageSource } from 'pixi.js'
 * const pictures = pixiPictures({ ImageSource, createTexture, getResolutionOfUrl }, { lane: (url) => (isSeen(url) ? 0 : 1) })
 * extensions.add(pictures)
 * await Assets.load('fox.png')
 */
export function pixiPictures<Source, Texture extends Destroyable>(
  pixi: Pixi<Source, Texture>,
  options: PixiOptions = {},
) {
  const { lane = () => 1, ...rest } = options
  const underway = new Map<AbortController, string>()
  return {
    id: 'firstframe',
    name: 'firstframe',
    extension: { type: 'load-parser' as const, priority: PRIORITY, name: 'firstframe' },
    test: (url: string): boolean => !url.startsWith('data:') && PICTURE.test(url),

    async load(url: string, asset: Asset, loader: never): Promise<Texture> {
      const abort = new AbortController()
      const { signal } = abort
      underway.set(abort, url)
      try {
        const blob = await fetchPicture(url, { ...rest, lane: () => lane(url), signal })
        if (!blob) throw new Error(`pixi: no picture at ${url}, after all attempts`)
        const { data } = asset
        // Premultiplied already, so not once more.
        const premultiplyAlpha = data?.alphaMode === 'premultiplied-alpha' ? 'none' : 'default'
        const resource = await createImageBitmap(blob, { premultiplyAlpha })
        await turn()
        signal.throwIfAborted()
        const resolution = data?.resolution ?? pixi.getResolutionOfUrl(url)
        const own = { resource, alphaMode: 'premultiply-alpha-on-upload', resolution, ...data }
        return pixi.createTexture(new pixi.ImageSource(own), loader, url)
      } finally {
        underway.delete(abort)
      }
    },

    unload(texture: Texture): void {
      const { resource } = texture.source
      texture.destroy(true)
      resource.close?.()
    },

    /** Ends what is being loaded, of those addresses that `matches` says (default all): its `Assets.load()` rejects with an AbortError. */
    cancel(matches: (url: string) => boolean = () => true): void {
      for (const [abort, url] of underway) if (matches(url)) abort.abort()
    },
  }
}
