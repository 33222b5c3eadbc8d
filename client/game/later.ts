import type { Fragments } from '../runtime/fragments.ts'
import { type LiveEvent, startLive } from '../runtime/live.ts'
import { say } from '../runtime/notice.ts'
import { startOutbox } from '../runtime/outbox.ts'
import { startVitals } from '../runtime/vitals.ts'

/** What makes the game livelier, but not playable: news as it happens, actions kept without a line, measurements. */
export async function startLater(fragments: Fragments): Promise<void> {
  startVitals()
  document.addEventListener('firstframe:live', (event) => {
    tell((event as CustomEvent<LiveEvent>).detail)
    if (location.pathname === '/feed') void fragments.refresh()
  })
  startLive('/live', { events: ['news'] })
  trackSession()
  fragments.outbox = await startOutbox(fragments)
}

/** Says a piece of news and counts it on the bell. */
function tell({ data }: LiveEvent): void {
  const { text } = JSON.parse(data) as { text: string }
  say(text)
  const badge = document.querySelector<HTMLElement>('.badge')
  if (!badge) return
  badge.hidden = false
  badge.textContent = String(Number.parseInt(badge.textContent, 10) + 1)
}

/** One session a tab. */
function trackSession(): void {
  if (sessionStorage.getItem('session')) return
  sessionStorage.setItem('session', '1')
  const send = (name: string) =>
    navigator.sendBeacon(
      '/track/record_event',
      new Blob([JSON.stringify([{ name, at: Date.now() }])], { type: 'application/json' }),
    )
  send('session-start')
  addEventListener('pagehide', () => send('session-end'))
}
