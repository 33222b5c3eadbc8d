import { expect } from '@playwright/test'
import { broken, play, stage, type Pixels, type testsOf } from './play.ts'

/** Side of the windows in pixels; their steps are half of it. */
const WINDOW = 8
/** The constants of SSIM for values up to 255. */
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]

/**
 * How alike two pictures look, from 0 to 1: the mean of SSIM (Wang et al. 2004) over windows of luminance.
 * @throws RangeError where they are not of one size.
 */
export function likeness(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height)
    throw new RangeError(`expected two pictures of one size, got ${a.width}x${a.height} and ${b.width}x${b.height}`)
  const [left, right] = [luminance(a), luminance(b)]
  let sum = 0
  let windows = 0
  for (let y = 0; y + WINDOW <= a.height; y += WINDOW / 2)
    for (let x = 0; x + WINDOW <= a.width; x += WINDOW / 2) {
      sum += ssim(left, right, y * a.width + x, a.width)
      windows++
    }
  return sum / windows
}

function ssim(a: Float64Array, b: Float64Array, start: number, stride: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0]
  for (let row = 0; row < WINDOW; row++)
    for (let at = start + row * stride; at < start + row * stride + WINDOW; at++) {
      const [one = 0, other = 0] = [a[at], b[at]]
      sumA += one
      sumB += other
      squaresA += one * one
      squaresB += other * other
      products += one * other
    }
  const count = WINDOW * WINDOW
  const [meanA, meanB] = [sumA / count, sumB / count]
  const variances = squaresA / count - meanA ** 2 + squaresB / count - meanB ** 2
  const covariance = products / count - meanA * meanB
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (variances + C2))
}

const luminance = ({ width, height, data }: Pixels): Float64Array =>
  Float64Array.from(
    { length: width * height },
    (_, at) => 0.299 * (data[at * 4] ?? 0) + 0.587 * (data[at * 4 + 1] ?? 0) + 0.114 * (data[at * 4 + 2] ?? 0),
  )

/** What holds of every game: the plugin changes its bytes and not its looks. */
export function testLook(test: ReturnType<typeof testsOf>): void {
  test('every picture of the plain build is shown, and looks the same', async ({ page, plain, better }) => {
    await play(page, plain)
    const before = await stage(page)
    await play(page, better)
    expect(await broken(page)).toBe('0')
    expect(likeness(before, await stage(page))).toBeGreaterThan(0.97)
  })
}
