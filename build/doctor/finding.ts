/** One thing that makes a game slower to load than it has to be. */
export interface Finding {
  /** Which check found it: `blocking`, `unminified`. */
  id: string
  /** The file, relative to the folder examined, or the folder itself as `.`. Several share a finding where the way out is one. */
  where: string
  /** What of its bytes on the wire could be spared. */
  bytes: number
  /** What could be spared on the reference line (`line.ts`), milliseconds. */
  ms: number
  /** One sentence, with numbers. */
  what: string
  /** One sentence: the way out. */
  todo: string
}

/** The costliest first; those that cost nothing by themselves (a header the host must send) last. */
export const byCost = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => b.ms - a.ms || b.bytes - a.bytes || (a.where < b.where ? -1 : 1))
