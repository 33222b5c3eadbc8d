import { whenIdle } from '../idle.ts'
import { loadList } from './list.ts'
import type { OnProgress } from './tally.ts'
import type { Picture } from './variant.ts'

/** What a scene shows. */
export interface Scene {
  pictures: readonly (string | Picture)[]
  /** Names of the scenes that likely follow, the likeliest first: prefetched once this one is there and the page is idle. */
  next?: readonly string[]
}

export interface ScenesOptions {
  /** Bytes that decoded pictures may take, four a pixel. What the present scene shows is kept even beyond. Default 128 MiB. */
  budget?: number
}

export interface Scenes {
  /**
   * Loads what the scene lacks, on screen first, and cancels what the one before was still loading.
   *
   * @param progress of what it lacked, in bytes.
   * @returns its pictures by address; broken ones are missing, and asked for again when it is entered again. They are closed by
   *   {@link Scenes.drop}, or when another scene needs their memory.
   * @throws an AbortError when another scene is entered meanwhile.
   */
  enter(name: string, progress?: OnProgress): Promise<Map<string, ImageBitmap>>
  /** Loads a scene ahead, when nothing else is wanted, as long as the budget has room. */
  prefetch(name: string): Promise<void>
  /** Closes a scene's pictures, but those that another scene still holds. */
  drop(name: string): void
  /** Bytes that decoded pictures take now. */
  readonly bytes: number
}

interface Loading {
  done: Promise<unknown>
  abort: AbortController
  progress?: OnProgress | undefined
}

const BUDGET = 128 * 2 ** 20

/**
 * The pictures of a game by scene: loaded as one, prefetched, and given back by the scene that was entered longest ago when memory is
 * short.
 *
 * @example
 * const scenes = createScenes({ forest: { pictures: trees, next: ['cave'] }, cave: { pictures: rocks } })
 * const pictures = await scenes.enter('forest', (loaded, total) => (bar.value = loaded / total))
 */
export function createScenes(all: Readonly<Record<string, Scene>>, options: ScenesOptions = {}): Scenes {
  const { budget = BUDGET } = options
  const bitmaps = new Map<string, ImageBitmap>()
  const loading = new Map<string, Loading>()
  /** Scenes that hold pictures, the one entered longest ago first. */
  const held = new Set<string>()
  let current = ''

  function sceneOf(name: string): Scene {
    const scene = all[name]
    if (scene) return scene
    const known = Object.keys(all).map((one) => JSON.stringify(one))
    throw new RangeError(`scenes: ${JSON.stringify(name)} arrived, one of ${known.join(', ')} was expected`)
  }

  const urlsOf = (name: string) => sceneOf(name).pictures.map((one) => (typeof one === 'string' ? one : one.url))

  function bytes() {
    let sum = 0
    for (const { width, height } of bitmaps.values()) sum += width * height * 4
    return sum
  }

  function touch(name: string) {
    held.delete(name)
    held.add(name)
  }

  function load(name: string, progress?: OnProgress): Promise<unknown> {
    const running = loading.get(name)
    if (running) {
      running.progress = progress
      return running.done
    }
    const abort = new AbortController()
    const lacked = sceneOf(name).pictures.filter((one) => !bitmaps.has(typeof one === 'string' ? one : one.url))
    const done = loadList(lacked, {
      as: 'bitmap',
      signal: abort.signal,
      lane: () => (name === current ? 0 : 2),
      progress: (...told) => state.progress?.(...told),
      each(url, bitmap) {
        bitmaps.set(url, bitmap)
        makeRoom()
        if (bytes() > budget && name !== current) abort.abort()
      },
    }).finally(() => loading.delete(name))
    const state: Loading = { done, abort, progress }
    loading.set(name, state)
    return done
  }

  function makeRoom() {
    for (const name of held) {
      if (bytes() <= budget || name === current) return
      if (!loading.has(name)) close(name)
    }
  }

  function close(name: string) {
    held.delete(name)
    const kept = new Set(Array.from(held, urlsOf).flat())
    for (const url of urlsOf(name)) {
      if (kept.has(url)) continue
      bitmaps.get(url)?.close()
      bitmaps.delete(url)
    }
  }

  async function prefetch(name: string) {
    touch(name)
    // Before the present one, which leaves last.
    if (held.has(current)) touch(current)
    // It was left, or there is no room: what came is kept.
    await load(name).catch(() => {})
  }

  async function prefetchNext(name: string) {
    if (navigator.connection?.saveData) return
    await whenIdle()
    for (const next of sceneOf(name).next ?? []) if (current === name) await prefetch(next)
  }

  return {
    get bytes() {
      return bytes()
    },
    prefetch,
    async enter(name, progress) {
      const urls = urlsOf(name)
      for (const [other, { abort }] of loading)
        if (other !== name) abort.abort(new DOMException(`left for ${JSON.stringify(name)}`, 'AbortError'))
      current = name
      touch(name)
      await load(name, progress)
      makeRoom()
      void prefetchNext(name)
      const pictures = new Map<string, ImageBitmap>()
      for (const url of urls) {
        const bitmap = bitmaps.get(url)
        if (bitmap) pictures.set(url, bitmap)
      }
      return pictures
    },
    drop(name) {
      loading.get(name)?.abort.abort()
      if (name === current) current = ''
      close(name)
    },
  }
}
