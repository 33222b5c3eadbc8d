import { startAnnouncing } from './announce.ts'
import { startDrafts } from './drafts.ts'
import type { Fragments } from './fragments.ts'
import { knownParts } from './known.ts'
import { whenReady } from './ready.ts'
import { readStream } from './stream.ts'
import { transition } from './transition.ts'

export interface LaterOptions {
  /** View Transitions between places. Default true; never when the person prefers less motion. */
  transitions?: boolean
}

/**
 * What pages in parts do better than a first tap needs: what a person did to a page is kept, over full loads too; new places are
 * announced; answers show as their parts come, with their first pictures, and leave out those that are the same. Import it when the page is at rest; it ends with `fragments.stop()`.
 */
export function startLater(fragments: Fragments, { transitions = true }: LaterOptions = {}): void {
  const { history, signal } = fragments
  history.keeper = startDrafts(history, signal)
  startAnnouncing(signal)
  fragments.known = knownParts
  fragments.whenReady = whenReady
  fragments.readStream = readStream
  if (transitions) fragments.transition = transition
}
