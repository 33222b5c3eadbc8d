import { isCompressible } from '../../compress.ts'
import { inParallel } from '../../parallel.ts'
import type { Finding } from '../finding.ts'
import { msOfBytes } from '../line.ts'
import { brotliBytes, gzipBytes } from '../measure.ts'
import { namesOf, placeOf, wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

/** Sparing less than this part does not pay for a second copy. */
const LEAST = 0.05

/** Of these a file that lies beside says more: their own checks tell. */
const ELSEWHERE = new Set(['ttf', 'otf', 'wav', 'map', 'hdr', 'glb', 'gltf'])

/** Text that lies there plainly, measured by encoding it. What a host makes of it in passing cannot be seen. */
export async function unencoded(subject: Subject): Promise<Finding[]> {
  const { folder, reached } = subject
  const texts = reached.filter(
    ({ name, bytes, encoded, suffix }) => !encoded && !ELSEWHERE.has(suffix) && isCompressible(name, bytes),
  )
  const measured = await inParallel(texts, async (file) => {
    const bytes = folder.bytesOf(file)
    return { file, brotli: await brotliBytes(bytes), gzip: await gzipBytes(bytes) }
  })
  const paying = measured.filter(({ file, brotli }) => brotli < file.bytes * (1 - LEAST))
  const files = paying.map(({ file }) => file)
  const plain = sum(files, ({ bytes }) => bytes)
  const brotli = sum(paying, ({ brotli }) => brotli)
  if (paying.length === 0) return []
  const least = sum(paying, ({ gzip }) => gzip) - brotli
  return [
    {
      id: 'unencoded',
      where: placeOf(files),
      bytes: plain - brotli,
      ms: msOfBytes(plain - brotli),
      what: `${count(files.length, 'file')} of ${bytesText(plain)} would be ${bytesText(brotli)} as Brotli, ${bytesText(Math.max(0, least))} less than where the host makes gzip of them already: ${someOf(namesOf(files))}.`,
      todo: wayOut(
        subject,
        'it writes .zst, .br and .gz beside each file, and "firstframe serve" sends them',
        'Leave firstframe({ precompress }) on, and have the host send the siblings (nginx: brotli_static; Caddy: precompressed).',
      ),
    },
  ]
}
