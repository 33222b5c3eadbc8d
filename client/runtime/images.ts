import { backoff, delay, whenIdle } from './idle.ts'
import { createQueue } from './queue.ts'

export interface ImagesOptions {
  /** Pictures being fetched at once. Default 6. */
  concurrency?: number
  /** How far beyond the screen lane 1 reaches, as an IntersectionObserver's `rootMargin`. Default one screen: `100%`. */
  ahead?: string
  /** Fetch the page's other pictures once it is idle. Default true, false where the browser asks to save data. */
  idle?: boolean
  /** Attempts after the first before a picture counts as broken. Default 2. */
  retries?: number
  /** Ms before the first retry, doubled for each further one, jittered by half. Default 600. */
  retryAfter?: number
}

/** The pictures of a document, looked after until stopped. */
export interface Images {
  /** Ends all watching; pictures not yet fetched are left to the browser. */
  stop(): void
}

export interface LoadOptions {
  /** 0 on screen, 1 next (default), 2 when nothing else is wanted. */
  lane?: number
  /** Ends the loading: what is being fetched is cancelled and the promise rejects with the signal's reason. */
  signal?: AbortSignal
  /** Called after each picture, loaded or broken, with a count that never falls. */
  progress?: (done: number, total: number) => void
}

/** A picture under way: what it shows, where it stands in line, and how to stop it. */
interface Watched {
  address: string
  lane: number
  queued: boolean
  abort: AbortController
}

const CONCURRENCY = 6
const RETRIES = 2
const RETRY_AFTER = 600
/** A server that never answers must not keep a place for ever. Ms. */
const PLACE_LOST_AFTER = 10_000
/**
 * Only the placeholder's colour shows: `opacity` would hide that too. A broken picture with words is laid out as text unless it is a
 * block; `:where` lets any rule of the page win. A constructed sheet is not subject to `style-src`.
 */
const HOLD =
  'img[data-pending]{object-fit:none!important;object-position:-9999px 0!important;color:transparent!important}' +
  ':where(img[data-pending],img[data-broken]){display:inline-block}'

/** One line for the whole page, whoever asks. */
const queue = createQueue(CONCURRENCY)

/** Fetches and decodes pictures ahead of a scene. Broken ones (after retries) are missing from the result. */
export function loadImages(urls: readonly string[], options?: LoadOptions): Promise<Map<string, HTMLImageElement>>
/**
 * Looks after the `<img>`s under `root`, also those that come later: fetches lazy ones by lane (on screen, next, idle), shows each
 * when it is decoded, retries broken ones, cancels those that leave. Without script the same markup works by itself.
 *
 * On each picture one attribute says where it stands: `data-pending` (held back, placeholder shown), `data-shown` or `data-broken`.
 * First-screen pictures that are not lazy are never held back. The placeholder is the colour of a class `p-rrggbb`, if there is one.
 */
export function loadImages(root?: Document | Element, options?: ImagesOptions): Images
export function loadImages(
  what: readonly string[] | Document | Element = document,
  options: LoadOptions & ImagesOptions = {},
): Promise<Map<string, HTMLImageElement>> | Images {
  return what instanceof Node ? watchImages(what, options) : loadUrls(what, options)
}

async function loadUrls(urls: readonly string[], options: LoadOptions): Promise<Map<string, HTMLImageElement>> {
  const { lane = 1, signal = new AbortController().signal, progress } = options
  const wanted = new Set(urls)
  const images = new Map<string, HTMLImageElement>()
  let done = 0
  await Promise.all(
    Array.from(wanted, async (url) => {
      const img = new Image()
      signal.addEventListener('abort', () => (img.src = ''))
      const loaded = await load(img, { start: () => (img.src = url), lane: () => lane, signal })
      if (loaded) images.set(url, img)
      progress?.(++done, wanted.size)
    }),
  )
  return images
}

function watchImages(root: Document | Element, options: ImagesOptions): Images {
  const { ahead = '100%', idle = !navigator.connection?.saveData, retries, retryAfter } = options
  queue.concurrency = options.concurrency ?? CONCURRENCY
  const watched = new Map<HTMLImageElement, Watched>()

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(HOLD)
  const colours = new Set<string>()
  document.adoptedStyleSheets.push(sheet)

  const observers = ['0px', ahead].map(
    (rootMargin, lane) =>
      new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) move(target as HTMLImageElement, lane, isIntersecting)
        },
        { rootMargin },
      ),
  )

  function watch(img: HTMLImageElement, isNew: boolean) {
    const address = addressOf(img)
    if (watched.get(img)?.address === address) return
    forget(img)
    unpark(img)
    if (!isNew && img.complete && img.naturalWidth > 0) {
      img.setAttribute('data-shown', '')
      return
    }
    watched.set(img, { address: addressOf(img), lane: 2, queued: false, abort: new AbortController() })
    // A picture that had another address keeps showing it until the new one is there: the browser sees to that.
    if ((isNew || img.loading === 'lazy') && !img.hasAttribute('data-shown')) {
      img.setAttribute('data-pending', '')
      hold(img)
    }
    if (img.loading === 'lazy') for (const observer of observers) observer.observe(img)
    else move(img, 0, true)
  }

  /** The document has rules for the colours of its own pictures; those that come later bring others. */
  function hold({ className }: HTMLImageElement) {
    const colour = /\bp-([\da-f]{6})\b/.exec(className)?.[1]
    if (!colour || colours.has(colour)) return
    colours.add(colour)
    sheet.insertRule(`.p-${colour}{background:#${colour}}`)
  }

  function move(img: HTMLImageElement, lane: number, isIn: boolean) {
    const state = watched.get(img)
    if (!state) return
    if (isIn) state.lane = Math.min(state.lane, lane)
    else if (state.lane === lane) state.lane++
    if (!isIn || state.queued) return
    state.queued = true
    void show(img, state)
  }

  async function show(img: HTMLImageElement, state: Watched) {
    const start = () => {
      img.fetchPriority = state.lane === 2 ? 'low' : 'auto'
      img.loading = 'eager'
    }
    try {
      const { signal } = state.abort
      const loaded = await load(img, { start, lane: () => state.lane, signal, retries, retryAfter })
      img.removeAttribute('data-broken')
      img.removeAttribute('data-pending')
      img.setAttribute(loaded ? 'data-shown' : 'data-broken', '')
    } catch {
      // It left the page or was given another address.
    }
    if (watched.get(img) === state) for (const observer of observers) observer.unobserve(img)
  }

  function forget(img: HTMLImageElement) {
    for (const observer of observers) observer.unobserve(img)
    watched.get(img)?.abort.abort()
    watched.delete(img)
  }

  const mutations = new MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === 'attributes') for (const img of imagesIn(target.parentElement ?? target)) watch(img, false)
      for (const node of addedNodes) for (const img of imagesIn(node)) if (img.isConnected) watch(img, true)
      // Morphing moves nodes: what was taken out may stand elsewhere by now.
      for (const node of removedNodes) for (const img of imagesIn(node)) if (!img.isConnected) leave(img)
    }
    later()
  })

  function leave(img: HTMLImageElement) {
    forget(img)
    if (!img.complete) park(img)
  }

  let waiting = false
  function later() {
    if (waiting || !idle) return
    waiting = true
    void rest()
  }

  async function rest() {
    await whenIdle()
    waiting = false
    for (const img of watched.keys()) move(img, 2, true)
  }

  function again() {
    for (const [img] of watched) {
      if (!img.hasAttribute('data-broken')) continue
      forget(img)
      watch(img, false)
    }
  }

  for (const img of imagesIn(root)) watch(img, false)
  mutations.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['src', 'srcset'] })
  addEventListener('online', again)
  later()

  return {
    stop() {
      mutations.disconnect()
      removeEventListener('online', again)
      for (const img of watched.keys()) {
        forget(img)
        img.removeAttribute('data-pending')
      }
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
    },
  }
}

interface Load {
  start: () => void
  lane: () => number
  signal: AbortSignal
  retries?: number | undefined
  retryAfter?: number | undefined
}

/** True when decoded, false when broken for good. Rejects when aborted. */
async function load(img: HTMLImageElement, options: Load): Promise<boolean> {
  const { start, lane, signal, retries = RETRIES, retryAfter = RETRY_AFTER } = options
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  // Heard by whoever waits at the time, or by nobody.
  aborted.catch(() => {})
  for (let attempt = 0; ; attempt++) {
    let result: Promise<boolean> | undefined
    const task = () => {
      const begun = performance.now()
      if (attempt === 0) start()
      // Setting the same address again is what makes a browser fetch a broken picture anew, `<source>`s included.
      else img.src = img.getAttribute('src') ?? ''
      // Not every browser ends decode() when the address is taken away.
      result = Promise.race([decode(img, begun), aborted])
      return Promise.race([result, delay(PLACE_LOST_AFTER)])
    }
    await queue.add(task, { lane, signal })
    if (await result) return true
    if (attempt >= retries) return false
    await delay(backoff(attempt, retryAfter), signal)
  }
}

async function decode(img: HTMLImageElement, begun: number): Promise<boolean> {
  // decode() also rejects when the address changes under it; what counts is whether there is a picture.
  await img.decode().catch(() => {})
  if (img.naturalWidth === 0) return false
  performance.measure('firstframe:picture', { start: begun, end: performance.now() })
  return true
}

const imagesIn = (node: Node): Iterable<HTMLImageElement> =>
  node instanceof HTMLImageElement
    ? [node]
    : node instanceof Element || node instanceof Document
      ? node.querySelectorAll('img')
      : []

/** The picture's `<source>`s and itself. */
const partsOf = (img: HTMLImageElement): Element[] => [
  ...(img.parentElement?.localName === 'picture' ? img.parentElement.querySelectorAll('source') : []),
  img,
]
const ADDRESSES = ['src', 'srcset']
const addressOf = (img: HTMLImageElement) =>
  partsOf(img)
    .map((part) => ADDRESSES.map((name) => part.getAttribute(name)))
    .join(' ')

/** Taking its addresses away is the only way to cancel a picture; they wait beside, in case the element comes back. */
const park = (img: HTMLImageElement) => rename(img, '', 'data-')
const unpark = (img: HTMLImageElement) => rename(img, 'data-', '')
function rename(img: HTMLImageElement, from: string, to: string) {
  for (const part of partsOf(img))
    for (const name of ADDRESSES) {
      const value = part.getAttribute(from + name)
      if (value === null) continue
      part.removeAttribute(from + name)
      part.setAttribute(to + name, value)
    }
}
