import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { accessSync, constants, existsSync, globSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

interface Recipe {
  /** Commands on `PATH`, or absolute paths and globs, the best one first. */
  places: string[]
  /** Answers with its version: a program that cannot even do that is not there. */
  version: string
  /** What to look for in that answer, for one that tells no version. Default the version's number. */
  says?: RegExp
  /** Overrides `places`; a wrong value is an error, never a reason to look elsewhere. */
  variable?: string
  /** Debian's package. */
  apt?: string
  /** Gets it from `node_modules` where the machine has none. */
  unpack?: () => Promise<string>
  /** True where a test of today runs it. */
  needed?: true
}

/** What tests run besides Node: a new service is a line here. */
const RECIPES = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    places: ['/usr/bin/chromium', 'google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    version: '--version',
    unpack: unpackChromium,
    needed: true,
  },
  haproxy: { places: ['haproxy', '/usr/sbin/haproxy'], version: '-v', apt: 'haproxy', needed: true },
  memcached: { places: ['memcached'], version: '-V', apt: 'memcached', needed: true },
  postgresql: {
    places: ['/usr/lib/postgresql/*/bin/postgres', 'postgres'],
    version: '--version',
    apt: 'postgresql',
    needed: true,
  },
  nginx: { places: ['nginx', '/usr/sbin/nginx'], version: '-v', apt: 'nginx-light', needed: true },
  firefox: { places: ['firefox-esr', 'firefox'], version: '--version', apt: 'firefox-esr', needed: true },
  webkit: {
    places: ['WebKitWebDriver'],
    version: '--help',
    says: /WebKitWebDriver/,
    apt: 'webkit2gtk-driver',
    needed: true,
  },
  // A screen for WebKit, which has no headless way.
  xvfb: { places: ['Xvfb'], version: '-help', says: /\bX\b/, apt: 'xvfb', needed: true },
  // Its callgrind_annotate reads our cachegrind files.
  valgrind: { places: ['valgrind'], version: '--version', apt: 'valgrind', needed: true },
  nats: { places: ['nats-server', '/usr/sbin/nats-server'], version: '-v', apt: 'nats-server', needed: true },
} satisfies Record<string, Recipe>

export type ServiceName = keyof typeof RECIPES
export const SERVICES = Object.keys(RECIPES) as ServiceName[]
/** The services without which the tests of today do not say all they should. */
export const NEEDED = SERVICES.filter((name) => recipe(name).needed)

export type Service =
  | { name: ServiceName; path: string; version: string; from: 'machine' | 'apt-get' | 'node_modules' }
  | { name: ServiceName; path: null; /** One line: what could not be had, and the way out. */ reason: string }

/** Finds a program; installs or unpacks it where it is missing and may be. Never throws for one that is not to be had. */
export async function provision(name: ServiceName): Promise<Service> {
  const { variable, apt, unpack } = recipe(name)
  const given = variable === undefined ? undefined : process.env[variable]
  if (given) {
    const version = await versionOf(name, given)
    if (version) return { name, path: given, version, from: 'machine' }
    return { name, path: null, reason: `${variable} is "${given}", which does not run: expected the path of ${name}` }
  }
  const found = await find(name)
  if (found) return { name, ...found, from: 'machine' }
  const problems: string[] = []
  if (apt) {
    const problem = await install(apt)
    const installed = problem === null ? await find(name) : null
    if (installed) return { name, ...installed, from: 'apt-get' }
    problems.push(problem ?? `apt-get installed ${apt}, which does not run`)
  }
  if (unpack) {
    const path = await unpack().catch((error: unknown) => void problems.push(String(error).split('\n', 1)[0] ?? ''))
    const version = path ? await versionOf(name, path) : null
    if (path && version) return { name, path, version, from: 'node_modules' }
    if (path) problems.push(`${path} does not run on this machine`)
  }
  const wayOut = variable ? `set ${variable} or install it` : `install it by hand`
  return { name, path: null, reason: `no ${name}: ${problems.join('; ')} (${wayOut})` }
}

/**
 * The font whose measures the game's own are fitted to until they are there: without it the browser puts one of others in its place, and what is
 * measured of shifts is the machine's. @returns null when it is there, otherwise why not.
 */
export async function provisionFonts(): Promise<string | null> {
  if (process.platform !== 'linux' || globSync('/usr/share/fonts/**/LiberationSerif-Bold.ttf').length > 0) return null
  return install('fonts-liberation')
}

/** The path of Chromium, for those who can do nothing without it. @throws where there is none. */
export async function chromiumPath(): Promise<string> {
  const service = await provision('chromium')
  if (service.path === null) throw new Error(service.reason)
  return service.path
}

/** Flags with which Chromium runs headless in a container as root and asks nobody but the page for anything. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function recipe(name: ServiceName): Recipe {
  return RECIPES[name]
}

async function find(name: ServiceName): Promise<{ path: string; version: string } | null> {
  for (const path of recipe(name).places.flatMap(candidates)) {
    const version = await versionOf(name, path)
    if (version) return { path, version }
  }
  return null
}

function candidates(place: string): string[] {
  const paths = isAbsolute(place)
    ? globSync(place).toSorted().toReversed()
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, place))
  return paths.filter(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function versionOf(name: ServiceName, path: string): Promise<string | null> {
  try {
    const { version, says = /\d+(?:\.\d+)+/ } = recipe(name)
    const { stdout, stderr } = await run(path, [version], { timeout: 20_000 })
    return says.exec(stdout || stderr)?.[0] ?? null
  } catch {
    return null
  }
}

/** @returns null when installed, otherwise why not. */
async function install(apt: string): Promise<string | null> {
  if (!existsSync('/usr/bin/apt-get')) return 'not on PATH, and no apt-get here'
  if (process.getuid?.() !== 0) return 'not on PATH, and apt-get needs root'
  const aptGet = (timeout: number, ...args: string[]) =>
    run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
      timeout,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  const installIt = () => aptGet(180_000, 'install', '-y', '--no-install-recommends', apt)
  try {
    // A fresh container has no lists of packages, an old one stale lists: only then is the update worth its seconds.
    await installIt().catch(async () => {
      await aptGet(120_000, 'update')
      await installIt()
    })
    return null
  } catch (error) {
    const { stderr = '', killed } = error as { stderr?: string; killed?: boolean }
    const why = killed ? 'took too long' : (stderr.trim().split('\n').at(-1) ?? '')
    return `apt-get install ${apt} failed (${why})`
  }
}

/**
 * `@sparticuz/chromium` carries Chromium with the libraries that a bare Debian lacks; it unpacks them only where it takes itself to be
 * on AWS Lambda. A script in front sets the libraries' path for Chromium alone, so that the path of the script is all a caller needs.
 */
async function unpackChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`not found, and the one in node_modules is for Linux x64, not ${process.platform} ${process.arch}`)
  const folder = join(root, '.cache/chromium')
  const script = join(folder, 'chromium.sh')
  // Written last: where it stands, the unpacking before it was not cut short.
  if (existsSync(script)) return script
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const environment = { TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' }
  const code = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"
  await run(process.execPath, ['-e', code], { cwd: root, timeout: 120_000, env: { ...process.env, ...environment } })
  const lines = [
    '#!/bin/sh',
    'here=$(dirname "$(readlink -f "$0")")',
    'export LD_LIBRARY_PATH="$here/al2023/lib" FONTCONFIG_PATH="$here/fonts"',
    'exec "$here/chromium" "$@"',
  ]
  await writeFile(script, `${lines.join('\n')}\n`)
  await chmod(script, 0o755)
  return script
}

/** A line for each service: what it is, where it stands, or what could not be had. */
export function describe(service: Service): string {
  const name = service.name.padEnd(11)
  if (service.path === null) return `${name} ${'missing'.padEnd(16)} ${service.reason}`
  return `${name} ${service.version.padEnd(16)} ${service.path}${service.from === 'machine' ? '' : ` (${service.from})`}`
}

if (import.meta.main) {
  const asked = process.argv.slice(2)
  const unknown = asked.filter((name) => !SERVICES.includes(name as ServiceName))
  if (unknown.length > 0) {
    console.error(
      `unknown service "${unknown.join('", "')}": expected some of ${SERVICES.join(', ')}, or none for the needed ones`,
    )
    process.exit(1)
  }
  for (const name of asked.length > 0 ? (asked as ServiceName[]) : NEEDED) {
    const service = await provision(name)
    console.log(describe(service))
    if (service.path === null && process.env['CI'] === 'true') process.exitCode = 1
  }
}
