/** One measured figure: a line of a bench's standard output. */
export interface Figure {
  name: string
  /** The median of the runs. */
  value: number
  unit:
    | 'actions'
    | 'bytes'
    | 'events'
    | 'frames'
    | 'requests'
    | 'queries'
    | 'statements'
    | 'roundtrips'
    | 'score'
    | 'ratio'
    | 'µs'
    | 'ms'
    | 's'
    | 'MiB'
  /** What a ratio is taken against; for a plain figure the conditions it was taken under. */
  versus: string
  runs: number
  /** Lowest and highest run. */
  spread: [low: number, high: number]
}

/** Measures a topic's figures one after the other; `say` takes progress, which is not for standard output. */
export type Topic = (say: (line: string) => void) => AsyncGenerator<Figure>

/** The median of the runs and how far they lie apart. @throws RangeError where nothing was measured. */
export function summarise({
  name,
  unit,
  versus,
  values,
}: Omit<Figure, 'value' | 'runs' | 'spread'> & { values: number[] }): Figure {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  const [low, high] = [sorted.at(0), sorted.at(-1)]
  if (low === undefined || high === undefined || sorted.length < values.length)
    throw new RangeError(`${name}: expected numbers, got ${JSON.stringify(values)}`)
  return { name, value: round(median(sorted)), unit, versus, runs: sorted.length, spread: [round(low), round(high)] }
}

/** The middle of a sorted list, or the mean of the two beside it. */
export function median(sorted: number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

const round = (value: number): number => Number(value.toPrecision(6))
