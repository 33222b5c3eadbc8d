import { storedJournal } from '../runtime/outbox/journal.ts'
import { sendKept, SYNC } from '../runtime/outbox/send.ts'

/** https://wicg.github.io/background-sync/spec/#sync-event, Chromium only. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

/** Sends what pages have kept (`client/runtime/outbox.ts`) when the browser has a line again, whether or not one is open. */
export function onSync(event: Event): void {
  const sync = event as SyncEvent
  if (sync.tag === SYNC) sync.waitUntil(send())
}

/** @throws where something is left that is to be sent: the browser then comes again, at times of its own. */
async function send(): Promise<void> {
  const { again } = await sendKept(storedJournal())
  if (again !== undefined) throw new Error('firstframe: the outbox could not be sent yet')
}
