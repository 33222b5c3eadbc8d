import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'

/** One picture of an atlas. */
export interface FrameSource {
  /** What the game asks for it by. */
  name: string
  /** Where it comes from, for messages. */
  file: string
  bytes: Buffer
}

/**
 * Pictures that the globs fit, in the order of their names. A frame's name is its path from its glob's fixed part on, without extension:
 * `art/forest/**` and `art/forest/oak/1.png` make `oak/1`.
 * @throws Error where none fits.
 */
export async function findFrames(
  root: string,
  globs: readonly string[],
  { keepExtension = false }: { keepExtension?: boolean } = {},
): Promise<FrameSource[]> {
  const found = new Map<string, FrameSource>()
  for (const pattern of globs) {
    const fixed = fixedPart(pattern)
    for await (const match of glob(pattern, { cwd: root })) {
      const file = match.replaceAll(path.sep, '/')
      if (!PICTURE.test(file) || found.has(file)) continue
      const inside = path.posix.relative(fixed, file)
      const name = keepExtension ? inside : inside.replace(/\.[^./]+$/, '')
      found.set(file, { name, file, bytes: await readFile(path.join(root, match)) })
    }
  }
  if (found.size === 0)
    throw new Error(
      `No picture in ${root} fits ${globs.map((each) => JSON.stringify(each)).join(', ')}: frames are png, webp, avif, gif or jpeg files`,
    )
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
}

const PICTURE = /\.(?:png|webp|avif|gif|jpe?g)$/i

/** `art/forest` of `art/forest/**\/*.png`; of a plain path its folder. */
function fixedPart(pattern: string): string {
  const parts = path.posix.normalize(pattern).split('/')
  const first = parts.findIndex((part) => /[*?[\]{}()!]/.test(part))
  return parts.slice(0, first < 0 ? -1 : first).join('/')
}
