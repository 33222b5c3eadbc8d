import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { answer, inFlight, told } from '../side.ts'
import type { Encoding } from './picturesProject.ts'
import { sharp } from './picturesPixels.ts'

// A side: makes files as someone would who knows every setting beforehand: one encode a file, the large ones first, all cores busy.

const jobs = told() as { source: string; target: string; encoding: Encoding }[]
sharp.concurrency(1)
sharp.cache(false)
const began = performance.now()
await inFlight(jobs.length, availableParallelism(), async (n) => {
  const job = jobs[n]
  if (!job) return
  const { type, settings } = job.encoding
  const format = type.slice('image/'.length) as 'avif' | 'webp' | 'png' | 'jpeg'
  const source = sharp(await readFile(job.source))
  await source[format](settings).toFile(job.target)
})
answer(performance.now() - began)
