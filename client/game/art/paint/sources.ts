import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { css, type Color } from './color.ts'
import { load, type Picture } from './picture.ts'
import { draw } from './svg.ts'

const run = promisify(execFile)

const packages = {
  emoji: '@lobehub/fluent-emoji-3d@1.1.0',
  shapes: '@iconify-json/game-icons@1.2.4',
  font: '@fontsource/grenze-gotisch@5.3.0',
} as const

const folders = new Map<string, Promise<string>>()

async function unpack(name: string): Promise<string> {
  const folder = join(tmpdir(), 'emberwood-art', name.replaceAll(/[^a-z0-9.]+/g, '-'))
  if (!existsSync(join(folder, 'package'))) {
    await mkdir(folder, { recursive: true })
    const { stdout } = await run('npm', ['pack', name, '--silent', '--pack-destination', folder])
    await run('tar', ['xzf', join(folder, stdout.trim()), '-C', folder])
  }
  return join(folder, 'package')
}

function folderOf(source: keyof typeof packages): Promise<string> {
  const name = packages[source]
  const folder = folders.get(name) ?? unpack(name)
  folders.set(name, folder)
  return folder
}

/** A file of a source package; packages are fetched once, by npm, into the system's folder for temporary files. */
export async function sourceFile(source: keyof typeof packages, path: string): Promise<Buffer> {
  return readFile(join(await folderOf(source), path))
}

/** A 3D emoji by its code points (`1f43a`), drawn at `size` pixels. */
export async function emoji(code: string, size: number): Promise<Picture> {
  return load(await sourceFile('emoji', `assets/${code}.webp`), size)
}

interface IconSet {
  icons: Record<string, { body: string }>
}

let icons: Promise<IconSet> | undefined

/** A game-icons shape by its name, filled with one colour, drawn at `size` pixels. */
export async function shape(name: string, size: number, color: Color): Promise<Picture> {
  icons ??= sourceFile('shapes', 'icons.json').then((file) => JSON.parse(file.toString('utf8')) as IconSet)
  const icon = (await icons).icons[name]
  if (!icon)
    throw new Error(`Expected the name of a game-icons shape, got "${name}"; see https://game-icons.net for names.`)
  const body = icon.body.replaceAll('currentColor', css(color))
  return draw(size, size, `<g transform="scale(${size / 512})">${body}</g>`)
}
