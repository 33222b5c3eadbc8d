/** What the browser measures of one kind: told as it comes, and at once when asked. */
export interface Observed {
  /** Hands over what the browser has not told yet: a page that is being left is told nothing more. */
  flush(): void
  stop(): void
}

/** Hears all entries of a type, earlier ones included; none where the browser does not know the type. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what entries of its type look like
export function observe<E extends PerformanceEntry>(
  type: string,
  onEntry: (entry: E) => void,
  options: { durationThreshold?: number } = {},
): Observed {
  const take = (entries: PerformanceEntryList) => {
    for (const entry of entries) onEntry(entry as E)
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  // A type that is not known is ignored, with a warning on the console.
  observer.observe({ type, buffered: true, ...options })
  return { flush: () => take(observer.takeRecords()), stop: () => observer.disconnect() }
}

export const isObservable = (type: string): boolean => PerformanceObserver.supportedEntryTypes.includes(type)
