interface Later extends RequestInit {
  /** Ms after which it is sent in any case. */
  activateAfter?: number
}

declare global {
  // Chromium from 135 on. https://developer.mozilla.org/docs/Web/API/Window/fetchLater
  var fetchLater: ((url: string, init: Later) => { readonly activated: boolean }) | undefined
}

export interface Sender {
  /** Sends it now, from a page that may be on its way out, in the first way that takes it. What was prepared is withdrawn. */
  send(body: string): void
  /**
   * To be sent should the page end without a word. The browser holds it and sends it even for a tab that crashed or was killed for its
   * memory; what was prepared before is withdrawn. Nothing where the browser has no `fetchLater`.
   */
  prepare(body: string): void
  withdraw(): void
}

/** Sends beacons to `url`. */
export function createSender(url: string): Sender {
  let prepared = new AbortController()
  const withdraw = () => prepared.abort()

  return {
    withdraw,
    send(body) {
      withdraw()
      if (navigator.sendBeacon(url, new Blob([body], { type: 'application/json' }))) return
      // Refused: what is under way already fills its quota, which is keepalive's too. fetchLater has one of its own.
      if (later(body, { activateAfter: 0 })) return
      fetch(url, { ...asPost(body), keepalive: true }).catch(() => {})
    },
    prepare(body) {
      withdraw()
      prepared = new AbortController()
      later(body, { signal: prepared.signal })
    },
  }

  /** True where the browser took it. */
  function later(body: string, init: Later): boolean {
    try {
      return globalThis.fetchLater?.(url, { ...asPost(body), ...init }) !== undefined
    } catch {
      // Over its quota, or an insecure origin.
      return false
    }
  }
}

const asPost = (body: string) => ({ method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
