/** Ms of a frame that pictures may take: at 60 Hz it leaves ten to the game. */
const BUDGET = 6

let last = Promise.resolve()
let end = 0
/** Until then no new budget is given; nothing where none was taken in this frame. */
let frame: Promise<void> | undefined

/**
 * Resolves one after the other while a frame's budget lasts, then in the next frame. What follows the `await` counts too: fifty
 * pictures ready at once are no long task, and one alone does not wait.
 */
export const turn = (): Promise<void> => (last = after(last))

async function after(before: Promise<void>) {
  await before
  if (performance.now() >= end) await frame
  if (frame) return
  end = performance.now() + BUDGET
  frame = next()
}

async function next() {
  // A page in the background has no frames.
  await new Promise((resolve) => (document.hidden ? setTimeout : requestAnimationFrame)(resolve))
  frame = undefined
}
