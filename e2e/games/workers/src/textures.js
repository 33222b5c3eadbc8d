import TextureWorker from './textures.worker.js?worker'

const WORKERS = 4

/** Waits for one answer each, by number. */
const waiting = new Map()
let asked = 0

const pool = Array.from({ length: WORKERS }, () => {
  const worker = new TextureWorker()
  worker.addEventListener('message', ({ data: { id, bitmap, error } }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (bitmap) resolve(bitmap)
    else reject(new Error(error))
  })
  return worker
})

/** The picture at a path below the game's own place, decoded in a worker. */
export function loadTexture(path) {
  const id = asked++
  const { promise, resolve, reject } = Promise.withResolvers()
  waiting.set(id, { resolve, reject })
  pool[id % WORKERS].postMessage({ id, url: new URL(path, document.baseURI).href }, [])
  return promise
}
