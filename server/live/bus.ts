/** One thing that happened, as `text/event-stream` carries it. */
export interface LiveMessage {
  /** Names it for good, so that a reader who lost its connection can say up to where it read. */
  id: string
  /** Its kind: what the page listens for. */
  event: string
  /** Anything JSON can write. */
  data: unknown
}

/** Passes messages to whoever listens now; keeps nothing. What must not be missed is stored first and then published. */
export interface Bus {
  publish(topic: string, message: LiveMessage): void
  /** @returns what ends the subscription. */
  subscribe(topic: string, listener: (message: LiveMessage) => void): () => void
  /** Subscriptions now: streams that are open. */
  readonly listening: number
  /** Aborted by {@link close}: streams end themselves then. */
  readonly closing: AbortSignal
  /** Ends all streams, as when the server shuts down. */
  close(): void
}

/** A bus within one process. */
export function createBus(): Bus {
  const topics = new Map<string, Set<(message: LiveMessage) => void>>()
  const closing = new AbortController()
  let listening = 0
  return {
    closing: closing.signal,
    get listening() {
      return listening
    },
    publish(topic, message) {
      for (const listener of topics.get(topic) ?? []) listener(message)
    },
    subscribe(topic, listener) {
      let listeners = topics.get(topic)
      if (!listeners) topics.set(topic, (listeners = new Set()))
      listeners.add(listener)
      listening++
      return () => {
        if (listeners.delete(listener)) listening--
        if (listeners.size === 0 && topics.get(topic) === listeners) topics.delete(topic)
      }
    },
    close() {
      closing.abort()
    },
  }
}
