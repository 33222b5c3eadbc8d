import { styleText } from 'node:util'
import { byCost, type Finding } from '../doctor/finding.ts'
import { GROUPS, isSent, sentBytes, type BuildReport, type FileRow, type PictureRow } from './data.ts'
import { bytesText, count, msText, sum } from '../doctor/words.ts'

const WIDTH = 96
/** Groups with a line of their own; the smaller ones share one. */
const GROUP_LINES = 5
const WORST = 3

/** Tells the build on standard error: what was made of what, the worst that is left, and where the page is. */
export function printReport(report: BuildReport, page: string): void {
  process.stderr.write(tellReport(report, page, process.stderr.isTTY))
}

/** The words of {@link printReport}. */
export function tellReport(report: BuildReport, page: string, isTTY: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    isTTY ? styleText(style, text, { validateStream: false }) : text
  const lines = [
    `${paint('bold', `release ${report.release}`)} in ${msText(report.seconds * 1000)}, ${count(report.encodes, 'encoding')} made`,
    paint('dim', row('', 'files', 'before', 'after', 'encoded')),
    ...groupRows(report).map((cells) => row(...cells)),
  ]
  const costly = byCost(report.findings).filter(({ ms }) => ms > 0)
  for (const finding of costly.slice(0, WORST)) lines.push(...tellFinding(finding, paint))
  lines.push(`report: ${page}`)
  return `${lines.join('\n')}\n`
}

type Cells = [name: string, files: string, before: string, after: string, encoded: string]
type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

const row = (name: string, files: string, before: string, after: string, encoded: string): string =>
  `  ${name.padEnd(12)}${files.padStart(8)}${before.padStart(12)}${after.padStart(12)}${encoded.padStart(12)}`.trimEnd()

/** Pictures count as what a browser is sent in their place, once each; all else as it lies there. */
function groupRows({ pictures, files }: BuildReport): Cells[] {
  const sent = pictures.filter(isSent)
  const rest = files.filter(({ group }) => group !== 'pictures' || sent.length === 0)
  const groups = GROUPS.flatMap((group) => {
    const own = rest.filter((file) => file.group === group)
    return own.length === 0 ? [] : [{ name: group, own, bytes: sum(own, sentBytes) }]
  }).toSorted((a, b) => b.bytes - a.bytes)
  const shown = groups.slice(0, groups.length > GROUP_LINES ? GROUP_LINES - 1 : GROUP_LINES)
  const others = groups.slice(shown.length).flatMap(({ own }) => own)
  return [
    ...(sent.length > 0 ? [pictureCells(sent)] : []),
    ...shown.map(({ name, own }) => fileCells(name, own)),
    ...(others.length > 0 ? [fileCells('others', others)] : []),
  ]
}

const pictureCells = (rows: PictureRow[]): Cells => [
  'pictures',
  String(rows.length),
  bytesText(sum(rows, ({ before }) => before)),
  bytesText(sum(rows, ({ after }) => after)),
  '',
]

const fileCells = (name: string, rows: FileRow[]): Cells => [
  name,
  String(rows.length),
  '',
  bytesText(sum(rows, ({ bytes }) => bytes)),
  bytesText(sum(rows, sentBytes)),
]

function tellFinding({ where, ms, what, todo }: Finding, paint: Paint): string[] {
  return [
    `${paint('yellow', msText(ms).padStart(8))}  ${cut(where === '.' ? what : `${where}: ${what}`, WIDTH - 10)}`,
    paint('dim', `${' '.repeat(10)}${cut(todo, WIDTH - 10)}`),
  ]
}

const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`)
