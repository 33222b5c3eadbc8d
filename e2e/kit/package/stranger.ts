import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
// Vite sets it in a test's process that has built, and npm then leaves development's packages out.
const { NODE_ENV: _, ...env } = process.env
const run = (command: string, words: string[], { cwd }: { cwd: string }) =>
  execute(command, words, { cwd, env, maxBuffer: 1 << 26 })
const root = path.join(import.meta.dirname, '../../..')
const KIT = path.join(root, 'dist/kit')

/** Paths of this machine, which nobody else has any use for. */
export const OURS = [root, homedir(), tmpdir()].filter((place) => place.length > 1)

/** What `npm pack --json` says of a package. */
export interface Packed {
  filename: string
  /** Of the archive. */
  size: number
  files: { path: string; mode: number }[]
}

interface PackageJson {
  exports: Record<string, string>
  devDependencies: Record<string, string>
}

/** An empty Vite project into which the package was installed from its archive, as from a registry. */
export interface Stranger extends AsyncDisposable {
  readonly folder: string
  readonly packed: Packed
  /** Doors by name as they are imported (`firstframe/queue`), by where their code runs. */
  readonly doors: { node: string[]; browser: string[] }
  put(file: string, content: string | Buffer): Promise<void>
  take(file: string): Promise<string>
  /** Runs a program of the project by npx. @returns its standard output. @throws Error with all it said. */
  npx(...words: string[]): Promise<string>
  node(...words: string[]): Promise<string>
  /** Starts one that stays, and waits for its `ready` line. */
  stay(...words: string[]): Promise<AsyncDisposable & { url: string }>
}

/** @throws with npm's own words where nothing can be installed. */
export async function createStranger(): Promise<Stranger> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-stranger-'))
  const [archives, project] = [path.join(folder, 'archives'), path.join(folder, 'project')]
  const { exports, devDependencies } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  ) as PackageJson
  const modules = Object.entries(exports).filter(([, file]) => file.endsWith('.ts'))
  const named = (isBrowser: boolean) =>
    modules
      .filter(([, file]) => file.startsWith('./client/') === isBrowser)
      .map(([door]) => `firstframe${door.slice(1)}`)
  const put = async (file: string, content: string | Buffer) => {
    await mkdir(path.dirname(path.join(project, file)), { recursive: true })
    await writeFile(path.join(project, file), content)
  }
  const start = async (...[command, ...words]: [string, ...string[]]) => {
    const { stdout } = await run(command, words, { cwd: project }).catch((error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${[command, ...words].join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
    })
    return stdout
  }
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await mkdir(archives)
    await put('package.json', '{ "name": "stranger", "private": true, "type": "module" }\n')
    const words = await run('npm', ['pack', '--json', '--pack-destination', archives], { cwd: KIT })
    const [packed] = JSON.parse(words.stdout) as [Packed]
    const tools = ['vite', 'typescript'].map((name) => `${name}@${devDependencies[name]}`)
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund']
    await start('npm', 'install', ...quietly, path.join(archives, packed.filename))
    await start('npm', 'install', ...quietly, '--save-dev', ...tools)
    return {
      folder: project,
      packed,
      doors: { node: named(false), browser: named(true) },
      put,
      take: (file) => readFile(path.join(project, file), 'utf8'),
      npx: (...words) => start('npx', '--no-install', ...words),
      node: (...words) => start(process.execPath, ...words),
      stay: (...words) => stay(project, words),
      [Symbol.asyncDispose]: remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function stay(cwd: string, words: string[]): Promise<AsyncDisposable & { url: string }> {
  // In a group of its own: npx does not pass every signal on.
  const child = spawn('npx', ['--no-install', ...words], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const [, found] = /^ready (http:\S+)$/m.exec(said) ?? []
      if (found) resolve(found)
    })
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`npx ${words.join(' ')} ended with code ${code}:\n${said}`)))
  })
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}
