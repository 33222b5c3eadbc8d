import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const here = import.meta.dirname

/** What a side of a bench is told and answers: JSON. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/**
 * Runs one side of a bench, a script beside this one, in a process of its own, and hands back what it answers line by line: one JSON value each.
 * What it says on standard error goes to ours. @throws where it ends badly.
 */
export async function* side<Answer>(script: string, options: Json): AsyncGenerator<Answer> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(here, script), JSON.stringify(options)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Answer
    const code = await ended
    if (code !== 0) throw new Error(`${script} ended with code ${code}`)
  } finally {
    child.kill('SIGKILL')
  }
}

/** The only answer of a side. */
export async function answerOf<Answer>(script: string, options: Json): Promise<Answer> {
  for await (const answer of side<Answer>(script, options)) return answer
  throw new Error(`${script} answered nothing`)
}

/** In a side: what it was told. */
export const told = (): unknown => JSON.parse(process.argv[2] ?? '{}')

/** In a side: answers. */
export const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

/** In a side: CPU microseconds, user and system, that `work` takes for each of `count` operations. */
export async function cpuOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** In a side: does `work` `count` times, `inFlight` at once. */
export async function inFlight(count: number, inFlight: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** Installs the peers where they are not there yet, or not as the lock file has them: they are not the project's, and nothing but a bench needs them. */
export async function installPeers(say: (line: string) => void): Promise<void> {
  if (await areInstalled()) return
  say('installing the peers, once')
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the peers could not be installed: \`npm ci\` in ${here} ended with code ${code}`)
}

/** What both of npm's lock files say of a package, by its place in the folder. */
type Packages = Record<string, { version?: string; optional?: boolean }>

/** Whether npm has installed what the lock file wants; what is optional may be another platform's. */
async function areInstalled(): Promise<boolean> {
  const read = async (file: string): Promise<Packages | undefined> => {
    const text = await readFile(join(here, file), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as { packages: Packages }).packages
  }
  const [wanted = {}, present] = await Promise.all([read('package-lock.json'), read('node_modules/.package-lock.json')])
  if (!present) return false
  return Object.entries(wanted).every(([place, { version, optional = false }]) => {
    const found = present[place]
    return place === '' || (found ? found.version === version : optional)
  })
}
