/** Bounds memory: what an encoder holds grows with its picture. */

/** Megapixels under way at once. A larger picture goes when nothing else does. */
const ROOM = 16

let taken = 0
const waiting: { megapixels: number; go: () => void }[] = []

/** Runs `work` once there is room for a picture of this size, in the order of asking. */
export async function inRoom<Result>(megapixels: number, work: () => Promise<Result>): Promise<Result> {
  if (waiting.length > 0 || !fits(megapixels)) await new Promise<void>((go) => waiting.push({ megapixels, go }))
  else taken += megapixels
  try {
    return await work()
  } finally {
    taken -= megapixels
    for (let next = waiting[0]; next && fits(next.megapixels); next = waiting[0]) {
      waiting.shift()
      taken += next.megapixels
      next.go()
    }
  }
}

const fits = (megapixels: number): boolean => taken === 0 || taken + megapixels <= ROOM
