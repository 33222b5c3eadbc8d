/** Ms of a frame that pictures may take: at 60 Hz it leaves ten to the game. */
const BUDGET = 6

let last: Promise<void> | undefined
/** Of the present budget. */
let end = 0

/**
 * Resolves one after the other while a frame's budget lasts, then in the next frame. What follows the `await` counts too: fifty
 * pictures ready at once are no long task, and one alone does not wait.
 */
export const turn = (): Promise<void> => (last = after(last))

async function after(before?: Promise<void>) {
  await before
  const over = performance.now() - end
  if (over < 0) return
  // After 100 ms the frame that had the last budget is over, however busy the page is; one in the background has no frames.
  if (over < 100) await new Promise((resolve) => (document.hidden ? setTimeout : requestAnimationFrame)(resolve))
  end = performance.now() + BUDGET
}
