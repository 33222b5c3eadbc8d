import { backoff } from './idle.ts'

export interface LiveOptions {
  /** Names of the events to listen for; unnamed ones are `message`. Default `['message']`. */
  events?: readonly string[]
}

/** `detail` of the event `firstframe:live` on `document`. */
export interface LiveEvent {
  event: string
  /** As the server numbered it; empty if it did not. */
  id: string
  data: string
}

export interface Live {
  stop(): void
}

const RETRY_AFTER = 2000

/**
 * Server-sent events while the page is seen. Hidden pages let go of the stream: it would hold a connection, and keep the page out of
 * the back/forward cache. What was missed comes after reopening: the last id goes along as `?since=ID`, since only the browser's own
 * reconnecting sends `Last-Event-ID`. A server that begins its stream with `event: here` and the newest id loses nothing at all.
 */
export function startLive(url: string, { events = ['message'] }: LiveOptions = {}): Live {
  const stopping = new AbortController()
  const { signal } = stopping
  let source: EventSource | undefined
  let last = ''
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function open() {
    close()
    const from = new URL(url, location.href)
    if (last) from.searchParams.set('since', last)
    source = new EventSource(from)
    source.addEventListener('open', () => (attempt = 0))
    source.addEventListener('error', onError)
    for (const name of events) source.addEventListener(name, onEvent)
    // Where the stream begins, so that what happens in its first gap is not lost.
    source.addEventListener('here', ({ lastEventId }) => (last = lastEventId))
  }

  function onEvent({ type, lastEventId, data }: MessageEvent<string>) {
    if (lastEventId) last = lastEventId
    const detail: LiveEvent = { event: type, id: lastEventId, data }
    document.dispatchEvent(new CustomEvent('firstframe:live', { detail }))
  }

  function onError() {
    // A lost line is retried by the browser; an answer with an error status is not.
    if (source?.readyState === EventSource.CLOSED) timer = setTimeout(follow, backoff(attempt++, RETRY_AFTER))
  }

  function close() {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }

  const follow = () => (document.visibilityState === 'visible' ? open() : close())

  document.addEventListener('visibilitychange', follow, { signal })
  addEventListener('pagehide', close, { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && follow(), { signal })
  follow()
  return {
    stop() {
      stopping.abort()
      close()
    },
  }
}
