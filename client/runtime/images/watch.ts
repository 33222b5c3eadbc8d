import { type Asking, queue } from './attempts.ts'
import { loadElement } from './element.ts'
import { whenIdle } from '../idle.ts'
import { isSlow } from './line.ts'

export interface ImagesOptions extends Pick<Asking, 'retries' | 'retryAfter'> {
  /** How far beyond the screen lane 1 reaches, as an IntersectionObserver's `rootMargin`. Default one screen: `100%`. */
  ahead?: string
  /** Fetch the page's other pictures once it is idle. Default true, false where the browser asks to save data. */
  idle?: boolean
}

/** The pictures of a document, looked after until stopped. */
export interface Images {
  /** Ends all watching; pictures not yet fetched are left to the browser. */
  stop(): void
}

/** A picture under way: what it shows, where it stands in line, and how to stop it. */
interface Watched {
  address: string
  /** Whether it is on screen, next to it, anywhere: the first that is true is its lane. */
  isIn: boolean[]
  abort?: AbortController
}

/**
 * Only the placeholder's colour shows: `opacity` would hide that too. A broken picture with words is laid out as text unless it is a
 * block; `:where` lets any rule of the page win. A constructed sheet is not subject to `style-src`.
 */
const HOLD =
  'img[data-pending]{object-fit:none!important;object-position:-9999px 0!important;color:transparent!important}' +
  ':where([data-pending],[data-broken]){display:inline-block}'

/** {@link loadImages} of a document, for those that need no more. */
export function watchImages(root: Document | Element = document, options: ImagesOptions = {}): Images {
  const { ahead = '100%', idle = !navigator.connection?.saveData, ...rest } = options
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
      mark(img, 'data-shown')
      return
    }
    watched.set(img, { address, isIn: [false, false, true] })
    // A picture that had another address keeps showing it until the new one is there: the browser sees to that.
    if ((isNew || img.loading === 'lazy') && !img.hasAttribute('data-shown')) {
      mark(img, 'data-pending')
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
    state.isIn[lane] = isIn
    if (!isIn) return
    if (state.abort) return queue.next()
    state.abort = new AbortController()
    void show(img, state, state.abort.signal)
  }

  async function show(img: HTMLImageElement, state: Watched, signal: AbortSignal) {
    const start = (count: number) => {
      unpark(img)
      if (isSlow() && img.loading === 'lazy' && img.width > 0)
        for (const part of partsOf(img)) part.sizes = `${img.width / 2}px`
      img.loading = 'eager'
      // Setting the same address again is what makes a browser fetch a broken picture anew, `<source>`s included.
      if (count > 0) img.src = img.getAttribute('src') ?? ''
    }
    try {
      const loaded = await loadElement(
        img,
        { start, stop: () => park(img) },
        { ...rest, lane: () => state.isIn.indexOf(true), signal },
      )
      if (watched.get(img) === state) mark(img, loaded ? 'data-shown' : 'data-broken')
    } catch {
      // It left the page or was given another address.
    }
  }

  function forget(img: HTMLImageElement) {
    for (const observer of observers) observer.unobserve(img)
    watched.get(img)?.abort?.abort()
    watched.delete(img)
  }

  const mutations = new MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === 'attributes') for (const img of imagesIn(target.parentElement ?? target)) watch(img, false)
      // Morphing moves nodes: what was taken out may stand elsewhere by now.
      for (const node of [...addedNodes, ...removedNodes])
        for (const img of imagesIn(node))
          if (img.isConnected) watch(img, true)
          else leave(img)
    }
    void later()
  })

  function leave(img: HTMLImageElement) {
    forget(img)
    if (!img.complete) park(img)
  }

  async function later() {
    if (!idle) return
    await whenIdle()
    for (const img of watched.keys()) move(img, 2, true)
  }

  function again() {
    for (const img of imagesIn(root)) {
      if (!img.hasAttribute('data-broken')) continue
      watched.delete(img)
      watch(img, false)
    }
  }

  for (const img of imagesIn(root)) watch(img, false)
  mutations.observe(root, { childList: true, subtree: true, attributeFilter: ['src', 'srcset'] })
  addEventListener('online', again)
  void later()

  return {
    stop() {
      mutations.disconnect()
      removeEventListener('online', again)
      for (const img of watched.keys()) {
        forget(img)
        unpark(img)
        img.removeAttribute('data-pending')
      }
      sheet.replaceSync('')
    },
  }
}

const STATES = ['data-pending', 'data-shown', 'data-broken'] as const
function mark(img: HTMLImageElement, state: (typeof STATES)[number]) {
  for (const name of STATES) img.toggleAttribute(name, name === state)
}

const imagesIn = (node: Node): Iterable<HTMLImageElement> =>
  node instanceof HTMLImageElement ? [node] : ((node as Partial<Element>).querySelectorAll?.('img') ?? [])

/** The picture's `<source>`s and itself. */
const partsOf = (img: HTMLImageElement): Iterable<HTMLImageElement | HTMLSourceElement> =>
  img.closest('picture')?.querySelectorAll<HTMLImageElement | HTMLSourceElement>('source,img') ?? [img]

const ADDRESSES = ['src', 'srcset']
const addressOf = (img: HTMLImageElement) =>
  Array.from(partsOf(img), (part) =>
    ADDRESSES.map((name) => part.getAttribute(name) ?? part.getAttribute(LEFT + name)),
  ).join(' ')

/** Taking its addresses away is the only way to cancel a picture; they wait beside until it is asked for again. */
const LEFT = 'data-left-'
const park = (img: HTMLImageElement) => rename(img, '', LEFT)
const unpark = (img: HTMLImageElement) => rename(img, LEFT, '')
function rename(img: HTMLImageElement, from: string, to: string) {
  for (const part of partsOf(img))
    for (const name of ADDRESSES) {
      const value = part.getAttribute(from + name)
      if (value === null) continue
      part.removeAttribute(from + name)
      // One that came meanwhile counts.
      if (!part.hasAttribute(to + name)) part.setAttribute(to + name, value)
    }
}
