/** Ms of a frame that pictures may take: at 60 Hz it leaves ten to the game. */
const BUDGET = 6

let last: Promise<void> | undefined
/** Of the present budget, which ends with its frame. */
let end = 0
/** After which there may be another. */
let frame: Promise<unknown> | undefined

/**
 * Resolves one after the other while a frame's budget lasts, then in the next frame. What follows the `await` counts too: fifty
 * pictures ready at once are no long task, and one alone does not wait.
 */
export const turn = (): Promise<void> => (last = after(last))

async function after(before?: Promise<void>) {
  await before
  if (performance.now() < end) return
  await frame
  end = performance.now() + BUDGET
  // A page in the background has no frames.
  frame = new Promise((resolve) => (document.hidden ? setTimeout : requestAnimationFrame)(() => resolve((end = 0))))
}
