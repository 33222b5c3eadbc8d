import sharp from 'sharp'

/** A picture as a painter makes them, soft colours and a little grain; no two sizes are alike. PNG, opaque. */
export function painting(width: number, height: number): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3)
  let seed = width * 31 + height
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
        const wave = Math.sin(x / (13 + 5 * channel)) * Math.cos(y / (17 - 3 * channel))
        pixels[(y * width + x) * 3 + channel] = 120 + 80 * wave + (seed / 2 ** 31) * 12
      }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

export async function shapeOf(bytes: Buffer): Promise<{ type: string; width: number; height: number }> {
  const { format, width, height } = await sharp(bytes).metadata()
  return { type: `image/${format === 'heif' ? 'avif' : format}`, width, height }
}
