#!/usr/bin/env node
import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Plugin, ResolvedConfig } from 'vite'
import { writeHeaders } from '../cdn/headers.ts'
import { serveFolder } from '../cdn/origin.ts'
import { plan, PLAN_NAMES } from '../cdn/plan.ts'
import { publish } from '../cdn/publish.ts'
import { checkBase } from '../cdn/urls.ts'
import { suggestion } from '../server/wire/closest.ts'
import { findProject, type Project } from './project.ts'
import { bundleServer, refreshClient } from './server.ts'
import { findStale, stampOf, writeStamp } from './stamp.ts'

/** Misuse, as against failure: one line, exit 2. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

interface Command {
  usage: string
  words: string
  options: Record<string, { type: 'string' | 'boolean'; words: string; fallback: string }>
  /** Most arguments it takes. */
  takes: number
  run(values: Record<string, string>, rest: string[]): Promise<void>
}

const PORT = { type: 'string', words: 'where to listen, 0 takes a free port', fallback: '4173' } as const
const HOST = { type: 'string', words: 'address to listen at', fallback: '127.0.0.1' } as const
const BASE = { type: 'string', words: 'path under which the folder is served, as Vite’s base', fallback: '/' } as const
const PARTS = ['client', 'server', 'kit'] as const

const COMMANDS: Record<string, Command> = {
  build: {
    usage: 'build [client] [server] [kit]',
    words: 'Builds all that the project has, or the parts named, into dist/.',
    options: {},
    takes: PARTS.length,
    run: (_values, parts) => build(findProject('.'), parts),
  },
  start: {
    usage: 'start',
    words: 'Builds what is stale, then serves dist/server. PORT, HOST and other variables: see the README.',
    options: {},
    takes: 0,
    run: () => start(findProject('.')),
  },
  dev: {
    usage: 'dev',
    words: 'Vite with hot reload and the server of the project, on one port; both start anew when the server changes.',
    options: {},
    takes: 0,
    run: () => inChild(['--watch', '--watch-preserve-output', path.join(import.meta.dirname, `dev${SUFFIX}`)]),
  },
  serve: {
    usage: 'serve [folder]',
    words:
      'Serves a built folder as a CDN would: the best picture that a browser takes, encodings, caching, ranges. Default: what the project builds.',
    options: {
      port: PORT,
      host: HOST,
      base: BASE,
      'early-hints': {
        type: 'boolean',
        words: 'sends 103 ahead of pages, for an edge that passes it on',
        fallback: '',
      },
    },
    takes: 1,
    run: (values, [folder]) => serve(values, folder),
  },
  publish: {
    usage: 'publish <folder>',
    words:
      'Copies a build to the folder a web server or CDN reads: hashed files first, documents last, nothing live deleted.',
    options: {
      from: { type: 'string', words: 'what to publish', fallback: 'dist/client' },
      keep: { type: 'string', words: 'releases whose files stay', fallback: '5' },
    },
    takes: 1,
    run: async ({ from = '', keep = '' }, [to]) => {
      if (to === undefined) throw new UsageError('publish: to which folder? As in "firstframe publish /srv/cdn"')
      const { release, copied, present, removed } = await publish({ from, to, keep: wholeNumber('keep', keep) })
      process.stdout.write(
        `release ${release}: ${copied} files copied, ${present} were there, ${removed} old ones removed\n`,
      )
    },
  },
  plan: {
    usage: 'plan [folder]',
    words:
      'Prints what a host is to do with a built folder: headers (the _headers file of Netlify and Cloudflare Pages), nginx (its configuration), hints (Link of each page), tags (cache tags of each file).',
    options: { for: { type: 'string', words: `one of ${PLAN_NAMES.join(', ')}`, fallback: 'headers' }, base: BASE },
    takes: 1,
    run: async ({ for: wanted = '', base = '' }, [folder]) => {
      const name = PLAN_NAMES.find((known) => known === wanted)
      if (!name)
        throw new UsageError(
          `--for is "${wanted}"${suggestion(wanted, PLAN_NAMES) || `: expected one of ${PLAN_NAMES.join(', ')}`}`,
        )
      process.stdout.write(plan(await builtFolder(folder), name, basePath(base)))
    },
  },
  doctor: {
    usage: 'doctor [folder]',
    words:
      'What is slow about how a built folder ships, whoever built it, in order of milliseconds; and which variables are wrong.',
    options: { json: { type: 'boolean', words: 'one line of JSON for each finding', fallback: '' } },
    takes: 1,
    run: ({ json = '' }, [folder]) => doctor(folder, json !== ''),
  },
}

const SUFFIX = path.extname(import.meta.filename)

async function build(project: Project, named: string[]): Promise<void> {
  for (const part of named)
    if (!PARTS.some((known) => known === part))
      throw new UsageError(
        `build: there is no part "${part}"${suggestion(part, PARTS) || `; there are ${PARTS.join(', ')}`}`,
      )
  const wanted = (part: (typeof PARTS)[number], there: boolean): boolean =>
    named.length > 0 ? named.includes(part) : there
  if (wanted('client', true)) {
    const { build: buildClient } = await import('vite')
    const stamp = await stampOf(project.root, 'client')
    await buildClient({
      ...(project.viteConfig !== undefined && { configFile: project.viteConfig }),
      logLevel: 'warn',
      plugins: [hostRules()],
    })
    if (project.server) await writeStamp(project, 'client', stamp)
    say('built the client')
  }
  if (wanted('server', project.server !== undefined)) {
    const stamp = await stampOf(project.root, 'server')
    await bundleServer(project)
    await writeStamp(project, 'server', stamp)
    say('bundled the server')
  }
  if (wanted('kit', project.name === 'firstframe')) {
    const { buildKit } = await import('./kit.ts')
    await buildKit(project)
    say('made the package')
  }
}

async function start(project: Project): Promise<void> {
  const stale = await findStale(project)
  if (stale.length === 0) say('dist is up to date: nothing built')
  // In a process of its own, so that the server does not carry the build's memory for the rest of its life.
  else await inChild([import.meta.filename, 'build', ...stale])
  await refreshClient(project)
  // So that an error names the line that was written.
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(path.join(project.dist.server, 'index.js')).href)
}

/** Writes what static hosts read, while the build still stands beside its place. */
function hostRules(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'firstframe:host-rules',
    configResolved(resolved) {
      config = resolved
    },
    closeBundle: {
      order: 'pre',
      sequential: true,
      handler: () => writeHeaders(path.resolve(config.root, config.build.outDir), config.base),
    },
  }
}

async function serve(
  { port = '', host = '', base = '', 'early-hints': hints = '' }: Record<string, string>,
  folder: string | undefined,
): Promise<void> {
  const server = await serveFolder({
    dir: await builtFolder(folder),
    host,
    port: wholeNumber('port', port),
    base: basePath(base),
    earlyHints: hints !== '',
  })
  const { port: taken } = server.address() as AddressInfo
  process.stdout.write(`ready http://${host}:${taken}${base === '/' ? '' : base}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.close()
      server.closeIdleConnections()
    })
}

async function doctor(named: string | undefined, asJson: boolean): Promise<void> {
  // The checks bring encoders and parsers along, which no other command waits for.
  const [{ examine }, { findBuilt }, { tellFindings }, { wrongVariables }] = await Promise.all([
    import('./doctor/examine.ts'),
    import('./doctor/built.ts'),
    import('./doctor/table.ts'),
    import('./doctor/variables.ts'),
  ])
  const { folder, project } = await findBuilt(named)
  const variables = project ? await wrongVariables(project.root, process.env) : []
  const findings = [...variables, ...(await examine(folder))]
  const lines = findings.map((finding) => `${JSON.stringify(finding)}\n`).join('')
  process.stdout.write(asJson ? lines : tellFindings(folder, findings, process.stdout.isTTY))
}

/** Runs Node on `args`, passes signals on, and ends as it ends if that is not well. */
function inChild(args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass)
      if (code === 0) resolve()
      else process.exit(signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : (code ?? 1))
    })
  })
}

/** Asks Vite only where nothing is named. */
async function builtFolder(named: string | undefined): Promise<string> {
  if (named !== undefined) return named
  const { findBuilt } = await import('./doctor/built.ts')
  return (await findBuilt(undefined)).folder
}

function basePath(text: string): string {
  try {
    return checkBase(text)
  } catch (error) {
    throw new UsageError(`--${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text))
    throw new UsageError(`--${option} is "${text}": expected a whole number, as in --${option} 8080`)
  return Number(text)
}

const say = (words: string): void => void process.stderr.write(`${words}\n`)

function help(): string {
  const lines = ['firstframe builds and delivers browser games.', '']
  for (const { usage, words, options } of Object.values(COMMANDS)) {
    lines.push(`  firstframe ${usage}`, `      ${words}`)
    for (const [name, { type, words, fallback }] of Object.entries(options))
      lines.push(`      --${name}${type === 'string' ? ` ${fallback}` : ''}   ${words}`)
    lines.push('')
  }
  return `${lines.join('\n')}\n`
}

async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command)
    throw new UsageError(
      `there is no command "${name}"${suggestion(name, Object.keys(COMMANDS)) || '; firstframe --help lists all'}`,
    )
  const { values, positionals } = parse(name, command, rest)
  if (values['help'] === true) {
    process.stdout.write(help())
    return
  }
  if (positionals.length > command.takes)
    throw new UsageError(
      `${name}: "${positionals[command.takes]}" is one argument too many: firstframe ${command.usage}`,
    )
  const texts = Object.entries(command.options).map(([option, { fallback }]) => [
    option,
    String(values[option] ?? fallback),
  ])
  await command.run(Object.fromEntries(texts) as Record<string, string>, positionals)
}

function parse(
  name: string,
  { options }: Command,
  args: string[],
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  const known = Object.fromEntries(Object.entries(options).map(([option, { type }]) => [option, { type }]))
  try {
    return parseArgs({ args, allowPositionals: true, options: { ...known, help: { type: 'boolean', short: 'h' } } })
  } catch {
    const unknown =
      args.find((arg) => arg.startsWith('-') && !Object.hasOwn(options, arg.replace(/^--?|=.*$/g, ''))) ?? ''
    if (unknown === '') throw new UsageError(`${name}: an option lacks its value: firstframe --help`)
    const near = suggestion(unknown.replace(/^--?|=.*$/g, ''), Object.keys(options))
    throw new UsageError(`${name}: there is no option "${unknown}"${near || '; firstframe --help lists all'}`)
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const words = error instanceof Error ? error.message : String(error)
  // A plugin's error comes with its stack in the message: whoever builds a game needs the words.
  say(`firstframe: ${words.replaceAll(/\n\s+at .*/g, '')}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
