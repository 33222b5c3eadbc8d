import { refreshCopy } from '../runtime/copy.ts'
import { startFragments } from '../runtime/fragments.ts'
import { whenIdle } from '../runtime/idle.ts'
import { watchImages } from '../runtime/images.ts'
import { registerWorker } from '../runtime/worker.ts'
import { celebrate, refuse, spend } from './feedback.ts'
import { playFights } from './fights.ts'
import { tick } from './clock.ts'

// The server then knows the hour in the player's village.
document.cookie = `tz=${new Date().getTimezoneOffset()};path=/;max-age=31536000;samesite=lax`

// A new release is let in at the next place change.
const worker = import.meta.env.PROD
  ? registerWorker('/worker.js', { onWaiting: () => fragments.loadNext() })
  : // The development server has none: pictures and scripts change under it.
    undefined
const fragments = startFragments({ beforeLoad: async () => worker?.activate() })
void refreshCopy(fragments)
watchImages()
spend()
playFights()
celebrate()
refuse()
tick()
performance.mark('playable')

// What the first tap does not need comes when the page is quiet.
await whenIdle()
const { startLater } = await import('./later.ts')
await startLater(fragments)
