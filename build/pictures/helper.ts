import { makeAll, type Job, type Outcome } from './work.ts'

/**
 * A process that encodes pictures for the one that builds. glibc gives each thread of an encoder memory of its own and hardly ever
 * returns it: 300 pictures of 2 megapixels grow a process to a gigabyte. Bounded to two such areas it stays under half of that; but the
 * bound is read when a process starts, so it takes one that is started with it.
 */

export type ToHelper = { id: number; job: Job } | { id: number; avif: boolean }
export type FromHelper =
  | { id: number; outcome: Outcome }
  | { id: number; error: string }
  /** May AVIF be made for this job? */
  | { id: number; asks: true }

/** Of the process that is started. */
export const HELPER_ENV = { MALLOC_ARENA_MAX: '2' }

function help(): void {
  const asked = new Map<number, (avif: boolean) => void>()
  const tell = (message: FromHelper): void => void process.send?.(message)
  process.on('message', (message: ToHelper) => {
    if ('avif' in message) {
      asked.get(message.id)?.(message.avif)
      asked.delete(message.id)
      return
    }
    const { id, job } = message
    const mayAvif = (): Promise<boolean> =>
      new Promise((resolve) => {
        asked.set(id, resolve)
        tell({ id, asks: true })
      })
    makeAll({ ...job, bytes: Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength) }, mayAvif).then(
      (outcome) => tell({ id, outcome }),
      (error: unknown) => tell({ id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
  // Whoever builds is gone: nobody wants the pictures.
  process.once('disconnect', () => process.exit())
}

if (import.meta.main) help()
