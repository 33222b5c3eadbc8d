import { startEvents } from '../runtime/events.ts'
import type { Fragments } from '../runtime/fragments.ts'
import { startLater as startRest } from '../runtime/later.ts'
import { type LiveEvent, startLive } from '../runtime/live.ts'
import { say } from '../runtime/notice.ts'
import { startAge } from '../runtime/outbox/age.ts'
import { startOutbox } from '../runtime/outbox.ts'
import { startPrefetch } from '../runtime/prefetch.ts'
import { startVitals } from '../runtime/vitals.ts'
import { showWaiting } from './waiting.ts'

/** What makes the game livelier, but not playable: news as it happens, actions kept without a line, how old copies are, measurements. */
export async function startLater(fragments: Fragments): Promise<void> {
  startRest(fragments)
  startPrefetch(fragments)
  startVitals()
  startEvents()
  document.addEventListener('firstframe:live', (event) => {
    const { event: kind, data } = (event as CustomEvent<LiveEvent>).detail
    if (kind === 'news') tell(data)
    else count((JSON.parse(data) as { unread: number }).unread)
    if (location.pathname === '/feed' && kind === 'news') void fragments.refresh()
  })
  startLive('/live', { events: ['news', 'here'] })
  showWaiting()
  startAge(fragments)
  fragments.outbox = await startOutbox(fragments)
}

/** Says a piece of news and counts it on the bell. */
function tell(data: string): void {
  say((JSON.parse(data) as { text: string }).text)
  count(Number.parseInt(badge()?.textContent ?? '0', 10) + 1)
}

/** Shows on the bell how many news wait: as many as the stream says when it begins, for things may have happened since the page was made. */
function count(unread: number): void {
  const shown = badge()
  if (!shown) return
  shown.hidden = unread === 0
  shown.textContent = unread > 99 ? '99+' : String(unread)
}

const badge = () => document.querySelector<HTMLElement>('.badge')
