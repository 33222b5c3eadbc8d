import { createRequire } from 'node:module'
import { answer, told } from '../side.ts'
import { sharp } from './picturesPixels.ts'

// A side: how like their sources pictures are, by ssim.js as it comes: seen from as far as SSIM's authors have it (at 256 pixels or more). What is
// not opaque is seen on a dark and on a light ground.

interface Image {
  data: Uint8ClampedArray
  width: number
  height: number
}
type Ssim = (one: Image, other: Image) => { mssim: number }

const { ssim } = createRequire(import.meta.url)('ssim.js') as { ssim: Ssim }
const GROUNDS = [24, 232]

async function onGround(file: string, ground: number): Promise<Image> {
  const background = { r: ground, g: ground, b: ground }
  const { data, info } = await sharp(file)
    .flatten({ background })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height }
}

for (const [source, encoded] of told() as [source: string, encoded: string][]) {
  const { hasAlpha } = await sharp(source).metadata()
  let sum = 0
  const grounds = hasAlpha ? GROUNDS : GROUNDS.slice(0, 1)
  for (const ground of grounds) sum += ssim(await onGround(source, ground), await onGround(encoded, ground)).mssim
  answer(sum / grounds.length)
}
