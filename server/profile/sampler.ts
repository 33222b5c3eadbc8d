import { type HeapProfiler, type Profiler, Session } from 'node:inspector/promises'
import type { CpuProfile } from './cpuprofile.ts'
import type { SizedNode } from './tree.ts'

/** What V8 can be asked while the program runs. */
export interface Sampler {
  /** Begins to take samples, every `interval` microseconds. */
  start(interval: number): Promise<void>
  /** The samples since the start or the last call. Sampling goes on if `goOn`; without it, it ends. */
  take(goOn: boolean): Promise<CpuProfile>
  /** Begins to count every call of every function. */
  startCounts(): Promise<void>
  takeCounts(): Promise<Profiler.ScriptCoverage[]>
  stopCounts(): Promise<void>
  /** Begins to note what is allocated and still there, every `interval` bytes. */
  startHeap(interval: number): Promise<void>
  takeHeap(): Promise<SizedNode[]>
  stopHeap(): Promise<void>
  close(): void
}

/** A session of V8's inspector with the program itself: no port is opened, and nothing at all until something is started. */
export function createSampler(): Sampler {
  const session = new Session()
  let isConnected = false
  function connect(): void {
    if (!isConnected) session.connect()
    isConnected = true
  }
  return {
    async start(interval) {
      connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.setSamplingInterval', { interval })
      await session.post('Profiler.start')
    },
    async take(goOn) {
      const { profile } = await session.post('Profiler.stop')
      if (goOn) await session.post('Profiler.start')
      return profile as CpuProfile
    },
    async startCounts() {
      connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    },
    takeCounts: async () => (await session.post('Profiler.takePreciseCoverage')).result,
    stopCounts: () => session.post('Profiler.stopPreciseCoverage'),
    async startHeap(interval) {
      connect()
      await session.post('HeapProfiler.enable')
      await session.post('HeapProfiler.startSampling', { samplingInterval: interval })
    },
    async takeHeap() {
      const { profile } = await session.post('HeapProfiler.getSamplingProfile')
      const nodes: SizedNode[] = []
      const visit = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number => {
        const node: SizedNode = { id: nodes.length, callFrame, own: selfSize, children: [] }
        nodes.push(node)
        node.children = children.map(visit)
        return node.id
      }
      visit(profile.head)
      return nodes
    },
    async stopHeap() {
      await session.post('HeapProfiler.stopSampling')
    },
    close() {
      if (isConnected) session.disconnect()
    },
  }
}
