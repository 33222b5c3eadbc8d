import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, NEEDED, provision, provisionFonts } from './services/provision.ts'

const root = join(import.meta.dirname, '..')
const out = join(import.meta.dirname, '.out')

/** What a stage found. `failures` are the names of what failed, one for each. */
interface Result {
  passed: number
  failures: string[]
}

interface Stage {
  name: string
  /** A stage that has failed leaves this one nothing to judge. */
  after?: string
  run: () => Promise<Result>
}

/** Everything that `npm test` checks, in this order: what fails in seconds comes first. */
const STAGES: Stage[] = [
  { name: 'provision', run: provisionAll },
  { name: 'types', run: types },
  { name: 'lint', run: () => check('lint', 'oxlint', '--type-aware', '--type-check', '--deny-warnings') },
  { name: 'format', run: () => check('format', 'oxfmt', '--check') },
  { name: 'unit', run: unit },
  { name: 'build', run: () => check('build', 'npm', 'run', '--silent', 'build') },
  { name: 'browser', after: 'build', run: () => inChromium(browser) },
  { name: 'budgets', after: 'build', run: () => inChromium(budgets) },
]

async function provisionAll(): Promise<Result> {
  const result: Result = { passed: 0, failures: [] }
  for (const name of NEEDED) {
    const service = await provision(name)
    console.log(describe(service))
    if (service.path !== null) result.passed++
    else if (process.env['CI'] === 'true') result.failures.push(service.reason)
  }
  const noFonts = await provisionFonts()
  if (noFonts !== null) console.log(`layout shifts are the machine's own without Liberation Serif: ${noFonts}`)
  return result
}

async function types(): Promise<Result> {
  const result: Result = { passed: 0, failures: [] }
  for (const project of ['.', 'client', 'client/worker', 'e2e'])
    if ((await command('tsc', '-p', project)) === 0) result.passed++
    else result.failures.push(`types of ${project}`)
  return result
}

async function check(name: string, ...words: [string, ...string[]]): Promise<Result> {
  return (await command(...words)) === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [name] }
}

interface VitestReport {
  testResults: { name: string; message: string; assertionResults: { status: string; fullName: string }[] }[]
}

async function unit(): Promise<Result> {
  const file = join(out, 'unit.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await command('vitest', 'run', '--config', 'build/vitest.config.ts', ...reporters)
  return read('vitest', file, code, (report) => {
    const { testResults } = JSON.parse(report) as VitestReport
    const tests = testResults.flatMap(({ name, message, assertionResults }) =>
      assertionResults.length === 0
        ? [{ status: 'failed', name: `${name}: ${message.split('\n', 1)[0]}` }]
        : assertionResults.map(({ status, fullName }) => ({ status, name: `${name} > ${fullName}` })),
    )
    return {
      passed: tests.filter(({ status }) => status === 'passed').length,
      failures: tests.filter(({ status }) => status === 'failed').map(({ name }) => name.replace(`${root}/`, '')),
    }
  })
}

/** Leaves a stage out where there is no browser, and says so; in CI that is a failure. */
async function inChromium(stage: () => Promise<Result>): Promise<Result> {
  const chromium = await provision('chromium')
  if (chromium.path !== null) return stage()
  console.log(`left out: ${chromium.reason}`)
  return { passed: 0, failures: process.env['CI'] === 'true' ? [chromium.reason] : [] }
}

interface PlaywrightSuite {
  file: string
  suites?: PlaywrightSuite[]
  specs?: { title: string; tests: { projectName: string; status: string }[] }[]
}

async function browser(): Promise<Result> {
  const code = await command('playwright', 'test', '--config', 'e2e/playwright.config.ts')
  return read('playwright', join(out, 'browser.json'), code, (report) => {
    const { suites } = JSON.parse(report) as { suites: PlaywrightSuite[] }
    const tests = suites.flatMap(testsOf)
    return {
      passed: tests.filter(({ status }) => status === 'expected').length,
      failures: tests.filter(({ status }) => status === 'unexpected' || status === 'flaky').map(({ name }) => name),
    }
  })
}

function testsOf({ file, suites = [], specs = [] }: PlaywrightSuite): { name: string; status: string }[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests.map(({ projectName, status }) => ({ name: `${projectName} ${file} > ${title}`, status })),
  )
  return [...own, ...suites.flatMap(testsOf)]
}

async function budgets(): Promise<Result> {
  const file = join(out, 'budgets.json')
  const code = await command(process.execPath, 'e2e/budgets/run.ts', file)
  return read('budgets', file, code, (report) => JSON.parse(report) as Result)
}

/** Counts from a runner's report. A runner that ended badly without naming a failure, or that tested nothing, is itself one. */
async function read(name: string, file: string, code: number, count: (report: string) => Result): Promise<Result> {
  if (!existsSync(file)) return { passed: 0, failures: [`${name} ended with code ${code} and wrote no report`] }
  const result = count(await readFile(file, 'utf8'))
  if (result.failures.length > 0) return result
  if (code !== 0) result.failures.push(`${name} ended with code ${code}, with an error outside its tests`)
  else if (result.passed === 0) result.failures.push(`${name} found nothing to test`)
  return result
}

/** Runs a program of ours in the project's folder, its output passed on; @returns its exit code. */
function command(program: string, ...args: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const PATH = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH },
  })
  child.once('error', reject)
  child.once('close', (code) => resolve(code ?? 1))
  return promise
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => STAGES.every((stage) => stage.name !== name))
if (unknown.length > 0) {
  console.error(
    `unknown stage "${unknown.join('", "')}": expected some of ${STAGES.map(({ name }) => name).join(', ')}`,
  )
  process.exit(1)
}

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
const failed = new Set<string>()
const failures: string[] = []
let passed = 0
for (const { name, after, run } of STAGES) {
  if (asked.length > 0 && !asked.includes(name)) continue
  if (after !== undefined && failed.has(after)) {
    failures.push(`${name}: not run, since ${after} failed`)
    continue
  }
  console.log(`\n== ${name}`)
  const start = performance.now()
  const result = await run()
  passed += result.passed
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`))
  if (result.failures.length > 0) failed.add(name)
  console.log(`== ${name}: ${result.passed} passed, ${result.failures.length} failed, ${seconds(start)}`)
}

if (failures.length > 0) console.log(`\nfailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0
