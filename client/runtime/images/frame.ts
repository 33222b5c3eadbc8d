/** Ms that pictures may take at a time: at 60 Hz it leaves ten of a frame to the game. */
const BUDGET = 6
const REST = 10

let last = Promise.resolve()
let end = 0

/**
 * Resolves one after the other while the budget lasts, then in the next frame. What follows the `await` counts too: fifty pictures
 * ready at once are no long task, and one alone does not wait.
 */
export const turn = (): Promise<void> => (last = after(last))

async function after(before: Promise<void>) {
  await before
  const late = performance.now() - end
  if (late < 0) return
  // A page in the background has no frames.
  if (late < REST) await new Promise((resolve) => (document.hidden ? setTimeout : requestAnimationFrame)(resolve))
  end = performance.now() + BUDGET
}
