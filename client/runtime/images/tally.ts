import { usualSize } from './line.ts'

/** Told how far a list is, in bytes: `loaded` never falls, nor does `loaded / total`; at the end both are equal. */
export type OnProgress = (loaded: number, total: number) => void

/**
 * Adds up what pictures have brought. A size nobody told is taken for that of the pictures seen so far; where it turns out to be
 * more, the share stands still until it is true again.
 *
 * @returns adds a picture, and returns what is to be told of it: bytes so far, and its size where known.
 */
export function createTally(report?: OnProgress) {
  const adds: (() => void)[] = []
  let [sum, total, share] = [0, 0, 0]
  return (size?: number) => {
    let loaded = 0
    adds.push(() => {
      sum += loaded
      total += Math.max(loaded, size ?? usualSize())
    })
    return (now: number, whole = size) => {
      loaded = Math.max(loaded, now)
      size = whole
      sum = total = 0
      for (const add of adds) add()
      if (sum === 0) return
      report?.(sum, Math.min(total, sum / share))
      share = Math.max(share, sum / total)
    }
  }
}
