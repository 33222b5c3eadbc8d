/**
 * Runs `work` unless another page or the worker is at work under this name. Without Web Locks (an insecure origin) all may.
 *
 * @returns what `work` does; undefined where another is at it.
 */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const { locks } = navigator as { locks?: LockManager }
  if (!locks) return work()
  return locks.request(name, { ifAvailable: true }, async (lock) => (lock ? work() : undefined))
}
