import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { counts } from '../bench/data.ts'
import { first } from '../bench/first.ts'
import { startGame } from '../services/game.ts'
import { CATEGORIES, lighthouseOf } from './lighthouse.ts'

/** Limits that fail the run. */
const AT_LEAST = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 }
const AT_MOST: Record<string, number> = {
  'first-response': 14_600,
  'first-js': 15_000,
  'blocking-requests': 1,
  'first-cls': 0.01,
  'second-visit-bytes': 0,
  'bundle-start': 0.5,
  'village-queries': 0,
  'village-roundtrips': 2,
  'attack-statements': 4,
  'stored-bytes': 0.4,
}

const result = { passed: 0, failures: [] as string[] }
function judge(name: string, value: number, kept: boolean, bar: string): void {
  console.log(`${kept ? 'ok  ' : 'FAIL'} ${name.padEnd(20)} ${String(value).padStart(8)}  ${bar}`)
  if (kept) result.passed++
  else result.failures.push(`${name} is ${value}, expected ${bar}`)
}

{
  await using game = await startGame()
  const file = join(import.meta.dirname, '../.out/lighthouse.html')
  const report = await lighthouseOf(`${game.url}/`, file, AT_LEAST.performance)
  const { scores, figures, findings, runs, machine } = report
  const told = Object.entries(figures).map(
    ([name, value]) => `${name} ${name === 'CLS' ? value.toFixed(3) : Math.round(value)}`,
  )
  console.log(`village, mobile, median of ${runs} on a machine of ${machine}: ${told.join(', ')}`)
  for (const finding of findings) console.log(`  lost points: ${finding}`)
  for (const category of CATEGORIES)
    judge(category, scores[category], scores[category] >= AT_LEAST[category], `at least ${AT_LEAST[category]}`)
}
const met = new Set<string>()
const say = (line: string) => console.log(`  ${line}`)
for (const topic of [first, counts])
  for await (const { name, value } of topic(say)) {
    const bar = AT_MOST[name]
    if (bar === undefined) continue
    met.add(name)
    judge(name, value, value <= bar, `at most ${bar}`)
  }
for (const name of Object.keys(AT_MOST)) if (!met.has(name)) judge(name, Number.NaN, false, `a figure named ${name}`)

const [file] = process.argv.slice(2)
if (file !== undefined) await writeFile(file, JSON.stringify(result))
process.exitCode = result.failures.length > 0 ? 1 : 0
