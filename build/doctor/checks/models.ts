import type { Finding } from '../finding.ts'
import { readModel } from '../gltf.ts'
import { msOfBytes } from '../line.ts'
import { brotliBytes } from '../measure.ts'
import { namesOf, placeOf, wayOut, type Subject } from '../subject.ts'
import { bytesText, count, someOf, sum } from '../words.ts'

const PACKED = new Set(['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression'])
/** Quantised and coded, then sent as Brotli, geometry is about this part of its Brotli alone (gltf-transform's samples: 0.2 to 0.5). */
const MESHOPT_PART = 0.5
/** PNG and JPEG inside a model against WebP of the same size. */
const WEBP_PART = 0.5
const WORTH = 10_000

/** Models whose geometry is stored as plain numbers. */
export async function plainModels(subject: Subject): Promise<Finding[]> {
  const { folder, reached } = subject
  const findings: Finding[] = []
  for (const file of reached.filter(({ suffix }) => suffix === 'glb' || suffix === 'gltf')) {
    const bytes = folder.bytesOf(file)
    const model = readModel(bytes)
    if (!model) continue
    const pictures = model.pictures.filter(({ type }) => type === 'image/png' || type === 'image/jpeg')
    const ofPictures = sum(pictures, ({ bytes }) => bytes)
    if (!file.encoded) {
      const spared = file.bytes - (await brotliBytes(bytes))
      if (spared > WORTH && spared > file.bytes * 0.05)
        findings.push(unencodedModel(subject, file.name, file.bytes, spared))
    }
    const geometry = file.suffix === 'glb' ? file.bytes - sum(model.pictures, ({ bytes }) => bytes) : file.bytes
    const isPlain = model.meshes > 0 && !model.extensions.some((name) => PACKED.has(name))
    const plain = isPlain ? Math.round(geometry * (file.sent / file.bytes) * (1 - MESHOPT_PART)) : 0
    if (plain > WORTH)
      findings.push({
        id: 'model-plain',
        where: file.name,
        bytes: plain,
        ms: msOfBytes(plain),
        what: `${bytesText(geometry)} of geometry without Draco or meshopt, which would spare about ${bytesText(plain)} more than compression.`,
        todo: 'Run "gltf-transform meshopt in.glb out.glb" and give the loader its decoder (GLTFLoader.setMeshoptDecoder).',
      })
    if (ofPictures * (1 - WEBP_PART) > WORTH)
      findings.push({
        id: 'model-pictures',
        where: file.name,
        bytes: Math.round(ofPictures * (1 - WEBP_PART)),
        ms: msOfBytes(ofPictures * (1 - WEBP_PART)),
        what: `${count(pictures.length, 'texture')} of ${bytesText(ofPictures)} inside the model as PNG or JPEG, about twice what WebP needs.`,
        todo: 'Run "gltf-transform webp in.glb out.glb", or "uastc"/"etc1s" for KTX2, which also stays small in graphics memory.',
      })
  }
  return findings
}

const unencodedModel = (subject: Subject, where: string, bytes: number, spared: number): Finding => ({
  id: 'model-unencoded',
  where,
  bytes: spared,
  ms: msOfBytes(spared),
  what: `A model of ${bytesText(bytes)} would be ${bytesText(bytes - spared)} as Brotli.`,
  todo: wayOut(
    subject,
    'it writes .zst, .br and .gz beside it',
    'Leave firstframe({ precompress }) on, and have the host send the siblings.',
  ),
})

/** Light as floating-point numbers: few players see the difference to a small one. */
export function heavyLight({ reached }: Subject): Finding[] {
  const files = reached.filter(({ suffix, sent }) => ['hdr', 'exr'].includes(suffix) && sent > HDR_WORTH)
  if (files.length === 0) return []
  const before = sum(files, ({ sent }) => sent)
  const bytes = before - files.length * HDR_SMALL
  return [
    {
      id: 'light',
      where: placeOf(files),
      bytes,
      ms: msOfBytes(bytes),
      what: `${count(files.length, 'HDR environment')} of ${bytesText(before)} on the wire, where an ultra-HDR JPEG of 1024 x 512 needs about ${bytesText(HDR_SMALL)}: ${someOf(namesOf(files))}.`,
      todo: 'Convert it to a gain-map JPEG (@monogrid/gainmap-js) or export it at 512 or 1024 pixels wide: as light, not as backdrop, it looks the same.',
    },
  ]
}

const HDR_WORTH = 300_000
const HDR_SMALL = 100_000
