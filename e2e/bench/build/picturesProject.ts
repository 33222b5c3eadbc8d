import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import type { Manifest } from '../../../server/wire/manifest.ts'
import { scene, sprite, type Recipe } from '../../games/paint.ts'

const root = path.join(import.meta.dirname, '../../..')
const ART = path.join(root, 'client/game/art')
const INSTALLED = { firstframe: root, vite: path.join(root, 'node_modules/vite') }

/** Pictures by their path in the public folder. */
export type Gallery = Record<string, Recipe>

/** Pictures of the game as an artist exports them, every `step`-th of all: what is cut out as PNG, what is opaque as JPEG. */
export function gallery(step: number): Gallery {
  const names = globSync('**/*.webp', { cwd: ART })
    .toSorted()
    .filter((_, at) => at % step === 0)
    .map((file) => file.slice(0, -'.webp'.length))
  return Object.fromEntries(
    names.map((name) => {
      const { width, alpha } = readWebp(readFileSync(path.join(ART, `${name}.webp`)))
      return alpha ? [`art/${name}.png`, sprite(name)] : [`art/${name}.jpg`, scene(name, width)]
    }),
  )
}

/** 300 pictures of about 2 megapixels, no two the same. */
export function largeGallery(): Gallery {
  const scenes = globSync('{scenes,missions}/*.webp', { cwd: ART }).toSorted()
  const heroes = globSync('{buildings,monsters}/*.webp', { cwd: ART }).toSorted()
  const nameOf = (list: string[], at: number): string => (list[at % list.length] ?? '').slice(0, -'.webp'.length)
  return Object.fromEntries(
    Array.from({ length: 300 }, (_, at) =>
      at % 10 === 9
        ? [`art/${at}.png`, sprite(nameOf(heroes, at), 1414 + at)]
        : [`art/${at}.jpg`, scene(nameOf(scenes, at), 1886 + Math.floor(at / 10))],
    ),
  )
}

/** What the head of a WebP says (RFC 9649, section 2). */
function readWebp(bytes: Buffer): { width: number; alpha: boolean } {
  const kind = bytes.toString('latin1', 12, 16)
  if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, alpha: ((bytes[20] ?? 0) & 0x10) > 0 }
  if (kind === 'VP8L') return { width: (bytes.readUInt16LE(21) & 0x3f_ff) + 1, alpha: ((bytes[24] ?? 0) & 0x10) > 0 }
  return { width: bytes.readUInt16LE(26) & 0x3f_ff, alpha: false }
}

/** A small game that shows every picture of its public folder, and asks for each by its name. Disposing removes it. */
export interface Project extends AsyncDisposable {
  readonly folder: string
  /** Puts a picture into the public folder. */
  put(name: string, picture: Buffer): Promise<void>
  /** Runs `vite build`. @param config text of a module whose `config` is the configuration. */
  build(config: string): Promise<Built>
  /** What the last build reported. */
  report(): Promise<Report>
  /** Forgets everything that was encoded. */
  forget(): Promise<void>
}

export interface Built {
  /** Most memory that the process and those it started held at once. */
  peakMiB: number
}

/** The part of the build's report that is read here. */
export interface Report {
  spans: { what: string; ms: number }[]
  encodes: number
  pictures: { name: string; encodes: number; encodings: Encoding[] }[]
}

/** One file that was made of a picture, and what sharp was told. */
export type Encoding = {
  type: string
  settings: Record<string, string | number | boolean>
}

/** @param peers resolves packages from the benches' own folder. */
export async function createProject(pictures: Gallery, { peers = false } = {}): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-pictures-'))
  const put = async (name: string, picture: Buffer) => {
    const file = path.join(folder, 'public', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, picture)
  }
  const rest = Object.entries(pictures)
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let next = rest.pop(); next; next = rest.pop()) await put(next[0], await next[1]())
    }),
  )
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(
    path.join(folder, 'index.html'),
    '<!doctype html><title>game</title><script type="module" src="/main.js"></script>',
  )
  await writeFile(
    path.join(folder, 'main.js'),
    `for (const name of ${JSON.stringify(Object.keys(pictures))}) document.body.append(Object.assign(new Image(), { src: '/' + name }))`,
  )
  if (peers) await symlink(path.join(root, 'e2e/bench/node_modules'), path.join(folder, 'node_modules'))
  else {
    await mkdir(path.join(folder, 'node_modules'))
    for (const [name, place] of Object.entries(INSTALLED)) await symlink(place, path.join(folder, 'node_modules', name))
  }
  return {
    folder,
    put,
    async build(config) {
      await writeFile(
        path.join(folder, 'vite.config.js'),
        `${config}\nexport default { logLevel: 'warn', ...config }\n`,
      )
      return vite(folder)
    },
    async report() {
      return JSON.parse(await readFile(path.join(folder, '.cache/firstframe/report/build.json'), 'utf8')) as Report
    },
    forget: () => rm(path.join(folder, '.cache'), { recursive: true, force: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The files that a current Chromium is sent for the public folder's pictures, by name, in a build of ours. */
export async function served({ folder }: Project): Promise<Record<string, string>> {
  const dist = path.join(folder, 'dist')
  const { answers } = JSON.parse(await readFile(path.join(dist, 'manifest.json'), 'utf8')) as Manifest
  return Object.fromEntries(
    Object.entries(answers)
      .filter(([name]) => name.startsWith('art/'))
      .map(
        ([
          name,
          {
            instead: [best],
          },
        ]) => [name, path.join(dist, best?.file ?? name)],
      ),
  )
}

async function vite(folder: string): Promise<Built> {
  const { NODE_ENV: _ours, ...env } = process.env
  const command = [path.join(folder, 'node_modules/vite/bin/vite.js'), 'build']
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, residentKiB(child.pid ?? 0))), 50)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => clearInterval(watch))
  if (code !== 0) throw new Error(`vite build ended with code ${code}:\n${said}`)
  return { peakMiB: peak / 1024 }
}

/** What a process and its children hold in memory (proc(5)); 0 for one that is gone. */
function residentKiB(id: number): number {
  try {
    const own = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? '0'
    const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean)
    return children.reduce((sum, child) => sum + residentKiB(Number(child)), Number(own))
  } catch {
    return 0
  }
}
