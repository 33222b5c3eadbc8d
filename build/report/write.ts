import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BuildReport } from './data.ts'
import { pageOf } from './page.ts'

/**
 * Writes `index.html` and `build.json` into `folder`, which is made.
 * @returns path of the page.
 */
export async function writeReport(report: BuildReport, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const page = path.join(folder, 'index.html')
  await writeWhole(page, pageOf(report, folder))
  await writeWhole(path.join(folder, 'build.json'), `${JSON.stringify(recordOf(report), undefined, 1)}\n`)
  return page
}

/** What machines read: the bench, CI. */
export interface BuildRecord extends Pick<
  BuildReport,
  'release' | 'seconds' | 'spans' | 'encodes' | 'files' | 'findings'
> {
  pictures: Pick<
    BuildReport['pictures'][number],
    'name' | 'kind' | 'reach' | 'before' | 'after' | 'encodes' | 'encodings' | 'pending'
  >[]
}

function recordOf({ release, seconds, spans, encodes, pictures, files, findings }: BuildReport): BuildRecord {
  return {
    release,
    seconds,
    spans,
    encodes,
    pictures: pictures.map(({ name, kind, reach, before, after, encodes, encodings, pending }) => ({
      name,
      kind,
      reach,
      before,
      after,
      encodes,
      encodings,
      pending,
    })),
    files,
    findings,
  }
}

/** A reader who reloads in mid-build sees the last page, not half of the new one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}.part`
  await writeFile(part, text)
  await rename(part, file)
}
