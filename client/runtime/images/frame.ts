/** Ms of a frame that pictures may take: at 60 Hz it leaves ten to the game. */
const BUDGET = 6

let last = Promise.resolve()
let end = 0

/**
 * Resolves, one waiting after the other, while a frame's budget lasts, and then in the next frame. What follows the `await` counts
 * too: fifty pictures ready at once are no long task.
 */
export const turn = (): Promise<void> => (last = after(last))

async function after(before: Promise<void>) {
  await before
  if (performance.now() < end) return
  // A page in the background has no frames.
  await new Promise((resolve) => (document.hidden ? setTimeout : requestAnimationFrame)(resolve))
  end = performance.now() + BUDGET
}
