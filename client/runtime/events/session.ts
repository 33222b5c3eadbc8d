import type { Tell } from './tell.ts'

/** A session as a tab remembers it, over full loads too. */
interface Session {
  /** While it was seen. */
  seconds: number
  /** When it was last seen, ms since the epoch. */
  seenAt: number
}

const KEY = 'firstframe-session'
/** Out of sight for longer than this, whoever comes back begins another. Ms; as most counters of visits have it. */
const PAUSE = 30 * 60_000

/**
 * Tells `session-start` and `session-end`, once a session: a tab's time with the game, over full loads and looks elsewhere. It ends when the tab is closed or goes to another
 * site; of a tab that was killed out of sight it is told when the tab is opened again. Where the browser has no Navigation API a full load cannot be told from an end: then
 * it is told by whoever comes back after half an hour.
 */
export function trackSession(tell: Tell, signal: AbortSignal): void {
  let session = load()
  /** When this page came into sight, by the monotonic clock; undefined while it is out of it. */
  let since: number | undefined
  /** Whether the page is on its way to another one of this site. */
  let isStaying = true

  function onSeen() {
    if (document.visibilityState === 'hidden' || since !== undefined) return
    since = performance.now()
    if (session && Date.now() - session.seenAt > PAUSE) end()
    if (session) return
    session = { seconds: 0, seenAt: Date.now() }
    save(session)
    tell('session-start', { place: location.pathname.slice(0, 100) })
  }

  function onHidden() {
    if (!session || since === undefined) return
    session = { seconds: session.seconds + (performance.now() - since) / 1000, seenAt: Date.now() }
    since = undefined
    save(session)
  }

  function end() {
    if (!session) return
    tell('session-end', { seconds: Math.round(session.seconds) }, session.seenAt)
    session = undefined
    save(session)
  }

  function onLeave() {
    onHidden()
    if (!isStaying) end()
  }

  const { navigation } = globalThis as { navigation?: Navigation }
  if (navigation) isStaying = false
  navigation?.addEventListener(
    'navigate',
    ({ destination: { url, sameDocument } }) =>
      (isStaying = !sameDocument && URL.parse(url)?.origin === location.origin),
    { signal },
  )
  document.addEventListener('visibilitychange', () => (document.hidden ? onHidden() : onSeen()), { signal })
  addEventListener('pagehide', onLeave, { signal })
  addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (!persisted) return
      // Meanwhile another page of this tab may have gone on with it, or ended it.
      session = load()
      isStaying = !navigation
      since = undefined
      onSeen()
    },
    { signal },
  )
  onSeen()
}

function load(): Session | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null) ?? undefined
  } catch {
    // No storage here: a session lasts as long as the page.
    return undefined
  }
}

function save(session: Session | undefined) {
  try {
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session))
    else sessionStorage.removeItem(KEY)
  } catch {
    // Denied or full.
  }
}
