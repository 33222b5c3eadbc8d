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
  const parts: { loaded: number; size?: number | undefined }[] = []
  let share = 0
  return (size?: number) => {
    const part = { loaded: 0, size }
    parts.push(part)
    return (now: number, size = part.size) => {
      part.loaded = Math.max(part.loaded, now)
      part.size = size
      let sum = 0
      let total = 0
      for (const { loaded, size = usualSize() } of parts) {
        sum += loaded
        total += Math.max(loaded, size)
      }
      if (sum === 0) return
      const isBehind = sum / total < share
      if (!isBehind) share = sum / total
      report?.(sum, isBehind ? sum / share : total)
    }
  }
}
