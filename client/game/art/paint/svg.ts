import { load, type Picture } from './picture.ts'

/** Draws SVG elements on a transparent canvas. */
export function draw(width: number, height: number, body: string): Promise<Picture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`
  return load(Buffer.from(svg))
}

/** Numbers for a path: a tenth of a pixel is enough. */
export function n(value: number): string {
  return (Math.round(value * 10) / 10).toString()
}

/** A closed shape through points. */
export function polygon(points: readonly (readonly [number, number])[], attributes: string): string {
  return `<path d="M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}Z" ${attributes}/>`
}
