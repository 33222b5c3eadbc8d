/** Buckets per doubling: a percentile is off by at most 1/32 of itself. */
const STEPS = 16
/** Values from 2^27 on (134 s in microseconds) share the last bucket. */
const LAST = bucketOf(2 ** 27)

/** A histogram in a file. */
export interface KeptHistogram {
  sum: number
  buckets: number[]
}

/**
 * Counts values in log-linear buckets: a fixed 1.6 KB however many values come, one addition to record. The way of HdrHistogram
 * (http://hdrhistogram.org), with 16 steps to a doubling. Values are whole thousandths: a time in milliseconds is kept in microseconds.
 */
export class Histogram {
  /** How many values were recorded. */
  count = 0
  /** Sum of the values, in their unit. */
  sum = 0
  readonly #buckets = new Uint32Array(LAST + 1)

  /** @param value in any unit, from 0 on; negative ones and what is no number count as 0. */
  record(value: number): void {
    const thousandths = value > 0 ? Math.round(value * 1000) : 0
    const bucket = Math.min(bucketOf(thousandths), LAST)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.count++
    this.sum += value > 0 ? value : 0
  }

  /** How many values lie below `limit`; exact where a bucket begins there, as at powers of two of thousandths. */
  below(limit: number): number {
    const end = Math.min(bucketOf(Math.round(limit * 1000)), LAST)
    let count = 0
    for (let bucket = 0; bucket < end; bucket++) count += this.#buckets[bucket] ?? 0
    return count
  }

  /** Counts what `other` has counted too. */
  add(other: Histogram): void {
    for (let bucket = 0; bucket <= LAST; bucket++)
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + (other.#buckets[bucket] ?? 0)
    this.count += other.count
    this.sum += other.sum
  }

  /** For a file: pairs of a bucket's number and its count, in one row, those that counted something. */
  toJSON(): KeptHistogram {
    const buckets: number[] = []
    for (const [bucket, count] of this.#buckets.entries()) if (count > 0) buckets.push(bucket, count)
    return { sum: this.sum, buckets }
  }

  /** @throws TypeError where it is not what {@link toJSON} gave. */
  static from({ sum, buckets }: KeptHistogram): Histogram {
    const histogram = new Histogram()
    for (let at = 0; at < buckets.length; at += 2) {
      const [bucket = -1, count = -1] = buckets.slice(at, at + 2)
      if (!(bucket >= 0 && bucket <= LAST && count > 0 && Number.isInteger(bucket) && Number.isInteger(count)))
        throw new TypeError(
          `a histogram: expected pairs of a bucket up to ${LAST} and its count; got ${bucket}, ${count}`,
        )
      histogram.#buckets[bucket] = count
      histogram.count += count
    }
    histogram.sum = sum
    return histogram
  }

  /** The value that `share` (0 to 1) of the recorded ones do not exceed, in their unit; 0 while there are none. */
  percentile(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.count))
    if (this.count === 0) return 0
    for (let bucket = 0; bucket <= LAST; bucket++) {
      left -= this.#buckets[bucket] ?? 0
      if (left <= 0) return middleOf(bucket) / 1000
    }
    return middleOf(LAST) / 1000
  }
}

function bucketOf(value: number): number {
  if (value < STEPS * 2) return value
  const doublings = 31 - Math.clz32(value) - Math.log2(STEPS)
  return doublings * STEPS + (value >>> doublings)
}

function middleOf(bucket: number): number {
  if (bucket < STEPS * 2) return bucket
  const doublings = Math.floor(bucket / STEPS) - 1
  return ((bucket - doublings * STEPS) * 2 + 1) * 2 ** (doublings - 1)
}
