import { type Asking, queue } from './attempts.ts'
import { ADDRESSES, addressOf, cancel, loadElement, unpark } from './element.ts'
import { turn } from './frame.ts'

export interface ImagesOptions extends Pick<Asking, 'retries' | 'retryAfter'> {
  /** How far beyond the screen lane 1 reaches, as an IntersectionObserver's `rootMargin`. Default one screen: `100%`. */
  ahead?: string
  /** Fetch the page's other pictures when it has loaded and nothing else is wanted. Default true, false where the browser asks to save data. */
  idle?: boolean
}

/** The pictures of a document, looked after until stopped. */
export interface Images {
  /** Ends all watching; pictures not yet fetched are left to the browser. */
  stop(): void
}

/** A picture looked after: what it shows, how to tell where it is, and how to stop it. */
interface Watched {
  address: string
  /** Told that it is within a lane's bounds, or outside. */
  move: (lane: number, isIn: boolean) => Promise<void>
  abort: AbortController
}

/**
 * Only the placeholder's colour shows: `opacity` would hide that too. A broken picture with words is laid out as text unless it is a
 * block; `:where` lets any rule of the page win. A constructed sheet is not subject to `style-src`.
 */
const HOLD =
  'img[data-pending]{object-position:-9999px!important;color:#0000!important}' +
  ':where(img[data-pending],img[data-broken]){display:inline-block}'

/** {@link loadImages} of a document, for those that need no more. */
export function watchImages(root: Document | Element = document, options: ImagesOptions = {}): Images {
  const { ahead = '100%', idle = !navigator.connection?.saveData } = options
  const watched = new Map<HTMLImageElement, Watched>()

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(HOLD)
  const colours: Record<string, number> = {}
  document.adoptedStyleSheets.push(sheet)

  const loaded = document.readyState === 'complete' || new Promise((resolve) => addEventListener('load', resolve))

  const observers = ['0px', ahead].map(
    (rootMargin, lane) =>
      new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries)
            void watched.get(target as HTMLImageElement)?.move(lane, isIntersecting)
        },
        { rootMargin },
      ),
  )

  function watch(img: HTMLImageElement, isNew: boolean) {
    const address = addressOf(img)
    if (watched.get(img)?.address === address) return
    forget(img)
    if (!isNew && img.complete && img.naturalWidth > 0) {
      mark(img, 'data-shown')
      return
    }
    const abort = new AbortController()
    /** On screen, next to it, anywhere: the first that is true is its lane. */
    const isIn = [false, false, true]
    let showing: Promise<void> | undefined

    async function move(lane: number, is: boolean) {
      isIn[lane] = is
      if (!is) {
        // That it is not even next to the screen is known when the second observer tells it.
        if (!idle || lane < 1) return
        await loaded
      }
      showing ??= show()
      queue.next()
    }

    async function show() {
      try {
        const isLoaded = await loadElement(img, { ...options, lane: () => isIn.indexOf(true), signal: abort.signal })
        await turn()
        abort.signal.throwIfAborted()
        mark(img, isLoaded ? 'data-shown' : 'data-broken')
        // So that it is begun anew when the line is back.
        if (!isLoaded) watched.delete(img)
      } catch {
        // It left the page or was given another address.
      }
    }

    watched.set(img, { address, move, abort })
    // A picture that had another address keeps showing it until the new one is there: the browser sees to that.
    if ((isNew || img.loading === 'lazy') && !img.hasAttribute('data-shown')) {
      mark(img, 'data-pending')
      // The document has rules for the colours of its own pictures; those that come later bring others.
      const colour = /\bp-(\w{6})\b/.exec(img.className)?.[1]
      if (colour) colours[colour] ??= sheet.insertRule(`.p-${colour}{background:#${colour}}`)
    }
    if (img.loading === 'lazy') for (const observer of observers) observer.observe(img)
    else void move(0, true)
  }

  function forget(img: HTMLImageElement) {
    for (const observer of observers) observer.unobserve(img)
    watched.get(img)?.abort.abort()
    watched.delete(img)
  }

  const mutations = new MutationObserver((records) => {
    for (const { attributeName, target, addedNodes, removedNodes } of records) {
      if (attributeName) for (const img of imagesIn((target as Element).closest('picture') ?? target)) watch(img, false)
      // Morphing moves nodes: what was taken out may stand elsewhere by now.
      for (const node of [...addedNodes, ...removedNodes])
        for (const img of imagesIn(node))
          if (img.isConnected) watch(img, true)
          else {
            forget(img)
            cancel(img)
          }
    }
  })

  function watchAll() {
    for (const img of imagesIn(root)) watch(img, false)
  }

  watchAll()
  mutations.observe(root, { childList: true, subtree: true, attributeFilter: ADDRESSES })
  addEventListener('online', watchAll)

  return {
    stop() {
      mutations.disconnect()
      removeEventListener('online', watchAll)
      for (const img of watched.keys()) {
        forget(img)
        unpark(img)
        img.removeAttribute('data-pending')
      }
    },
  }
}

const STATES = ['data-pending', 'data-shown', 'data-broken'] as const
function mark(img: HTMLImageElement, state: (typeof STATES)[number]) {
  for (const name of STATES) img.removeAttribute(name)
  img.setAttribute(state, '')
}

const imagesIn = (node: Node): Iterable<HTMLImageElement> =>
  node instanceof HTMLImageElement ? [node] : ((node as Partial<Element>).querySelectorAll?.('img') ?? [])
