import { type LongFrame, MAX_TEXT } from '../../../server/wire/beacon.ts'
import { observe, type Observed } from './observe.ts'

/** https://w3c.github.io/long-animation-frames/, Chromium only. */
interface LongAnimationFrame extends PerformanceEntry {
  readonly blockingDuration: number
  readonly scripts: readonly {
    readonly duration: number
    readonly sourceURL: string
    readonly sourceFunctionName: string
    readonly invoker: string
  }[]
}

/** Tells each frame that took longer than 50 ms. */
export function observeFrames(onFrame: (frame: Omit<LongFrame, 'path'>) => void): Observed {
  return observe<LongAnimationFrame>('long-animation-frame', ({ duration, blockingDuration, scripts }) => {
    const [longest] = scripts.toSorted((one, other) => other.duration - one.duration)
    const script = longest && `${pathOf(longest.sourceURL) || longest.invoker} ${longest.sourceFunctionName}`
    onFrame({
      duration: Math.round(duration),
      blocking: Math.round(blockingDuration),
      ...(script && { script: script.trim().slice(0, MAX_TEXT.script) }),
    })
  })
}

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url)
