/** Runs `change` inside a View Transition where the browser has them and the person has nothing against motion. */
export async function transition(change: () => void): Promise<void> {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- Firefox has none
  if (!document.startViewTransition || document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches)
    return change()
  const { updateCallbackDone, ready } = document.startViewTransition(change)
  // A skipped transition is no failure: the change has been made.
  ready.catch(() => {})
  await updateCallbackDone
}
