/**
 * V8's own form of a CPU profile, which Chrome opens as `.cpuprofile`: a tree of calls, and which of its nodes was on top at each sample.
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
export interface CpuProfile {
  nodes: CpuNode[]
  /** Microseconds of a monotonic clock. */
  startTime: number
  endTime: number
  /** Ids of nodes. */
  samples?: number[]
  /** Microseconds from the sample before; for the first, from the start. */
  timeDeltas?: number[]
}

export interface CpuNode {
  id: number
  callFrame: CallFrame
  children?: number[]
  hitCount?: number
}

/** A function as V8 names it: lines and columns from 0; no URL for what is V8's own, as `(garbage collector)`. */
export interface CallFrame {
  functionName: string
  scriptId: string
  url: string
  lineNumber: number
  columnNumber: number
}
