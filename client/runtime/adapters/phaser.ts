import { fetchPicture } from '../images/fetch.ts'
import { turn } from '../images/frame.ts'

/** What it takes of a file of Phaser's, by structure: the kit does not depend on it. */
export interface PhaserFile {
  loader: PhaserLoader
  key: string
  url: string
  src: string
  state: number
  base64: boolean
  data: unknown
  bytesLoaded: number
  bytesTotal: number
  percentComplete: number
  xhrSettings: PhaserXhr
  load: (this: PhaserFile) => void
  onProcess: (this: PhaserFile) => void
  onProcessComplete(): void
}

/** And of a scene's loader. */
interface PhaserLoader {
  baseURL: string
  maxParallelDownloads: number
  xhr: PhaserXhr
  systems: { events: { once(event: string, listener: () => void): unknown } }
  emit(event: string, ...told: unknown[]): unknown
  nextFile(file: PhaserFile, hasLoaded: boolean): void
}

interface PhaserXhr {
  user?: string | undefined
  header?: unknown
  headers?: unknown
  withCredentials?: boolean | undefined
}

/** `Phaser.Loader`. */
export interface PhaserLoaders {
  FILE_POPULATED: number
  FILE_LOADING: number
  FILE_LOADED: number
  FILE_PROCESSING: number
  FileTypes: { ImageFile: { prototype: object } }
}

export interface PhaserOptions {
  /** By a file's key: 0 on screen, 1 next (default), 2 when nothing else is wanted; asked while a picture waits. */
  lane?: (key: string) => number
  /** Attempts after the first before the scene hears `loaderror`. Default 4. */
  retries?: number
  /** Ms before the first retry, doubled for each further one, jittered by half. Default 600. */
  retryAfter?: number
}

/**
 * Makes Phaser load pictures as the kit does: by lane, as many at once as the line bears, tried again, decoded before they are handed
 * over, a few ms a frame, and cancelled when their scene shuts down. It goes for all that Phaser loads by its image files (`image`,
 * `spritesheet`, `atlas`, normal maps, bitmap fonts), in every scene; keys, textures and all events of the loader stay as they are.
 * Left to Phaser: `data:`, files with headers or credentials of their own, and all where `imageLoadType` is `HTMLImageElement`.
 *
 * @example
 * phaserPictures(Phaser.Loader, { lane: (key) => (isSeen(key) ? 0 : 1) })
 * new Phaser.Game(config)
 * @returns gives Phaser back its own way.
 */
export function phaserPictures(loaders: PhaserLoaders, options: PhaserOptions = {}): () => void {
  const { lane = () => 1, ...rest } = options
  const prototype = loaders.FileTypes.ImageFile.prototype as PhaserFile
  const { load, onProcess } = prototype
  /** Pictures that are decoded, between Phaser's two steps. */
  const decoded = new WeakMap<PhaserFile, HTMLImageElement>()
  const scenes = new WeakMap<PhaserLoader, AbortController>()

  /** Ends with the scene: Phaser forgets its files then, but lets them come. */
  function signalOf(loader: PhaserLoader): AbortSignal {
    const known = scenes.get(loader)
    if (known && !known.signal.aborted) return known.signal
    const abort = new AbortController()
    scenes.set(loader, abort)
    for (const event of ['shutdown', 'destroy']) loader.systems.events.once(event, () => abort.abort())
    return abort.signal
  }

  async function picture(file: PhaserFile, signal: AbortSignal): Promise<HTMLImageElement | undefined> {
    const onBytes = (loaded: number, total?: number) => {
      if (!total || signal.aborted) return
      file.bytesLoaded = loaded
      file.bytesTotal = total
      file.percentComplete = Math.min(loaded / total, 1)
      file.loader.emit('fileprogress', file, file.percentComplete)
    }
    const blob = await fetchPicture(file.src, { ...rest, lane: () => lane(file.key), signal }, onBytes)
    if (!blob) return undefined
    const img = new Image()
    img.src = URL.createObjectURL(blob)
    await img.decode().catch(() => {})
    URL.revokeObjectURL(img.src)
    return img.naturalWidth > 0 ? img : undefined
  }

  async function bring(file: PhaserFile) {
    const { loader } = file
    const signal = signalOf(loader)
    // Phaser's own limit is for the others: what waits in the kit's line takes no place of theirs.
    loader.maxParallelDownloads++
    try {
      const img = await picture(file, signal)
      if (img) decoded.set(file, img)
      await turn()
    } catch {
      // The scene was left.
    }
    loader.maxParallelDownloads--
    if (signal.aborted) return
    if (decoded.has(file)) file.state = loaders.FILE_LOADED
    loader.nextFile(file, decoded.has(file))
  }

  prototype.load = function (this: PhaserFile) {
    const isPlain = ({ user, header, headers, withCredentials }: PhaserXhr) =>
      !user && !header && !headers && !withCredentials
    const { loader, url, base64, state, xhrSettings } = this
    if (state === loaders.FILE_POPULATED || base64 || !isPlain(xhrSettings) || !isPlain(loader.xhr)) {
      load.call(this)
      return
    }
    this.state = loaders.FILE_LOADING
    this.src = /^(?:[a-z]+:|\/\/)/i.test(url) ? url : loader.baseURL + url
    void bring(this)
  }

  prototype.onProcess = function (this: PhaserFile) {
    const img = decoded.get(this)
    if (!img) {
      onProcess.call(this)
      return
    }
    this.state = loaders.FILE_PROCESSING
    this.data = img
    this.onProcessComplete()
  }

  return () => void Object.assign(prototype, { load, onProcess })
}
