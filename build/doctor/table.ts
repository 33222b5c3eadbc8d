import { styleText } from 'node:util'
import type { Finding } from './finding.ts'
import { LINE } from './line.ts'
import { bytesText, count, msText, sum } from './words.ts'

const WIDTH = 96
const INDENT = 9

/** The findings for a reader: the costliest first, with what to do about each, and the whole. `isTTY` colours them. */
export function tellFindings(folder: string, findings: readonly Finding[], isTTY: boolean): string {
  const paint = (style: 'bold' | 'dim' | 'yellow', text: string): string =>
    isTTY ? styleText(style, text, { validateStream: false }) : text
  const blocks = findings.map(({ id, where, bytes, ms, what, todo }) => {
    const size = bytes > 0 ? `  ${bytesText(bytes)}` : ''
    return [
      `${paint('yellow', msText(ms).padStart(INDENT - 2))}  ${paint('bold', where === '.' ? 'the whole folder' : where)}  ${paint('dim', `${id}${size}`)}`,
      ...wrap(what, WIDTH - INDENT).map((line) => ' '.repeat(INDENT) + line),
      ...wrap(todo, WIDTH - INDENT - 2).map(
        (line, at) => ' '.repeat(INDENT) + paint('dim', (at === 0 ? '> ' : '  ') + line),
      ),
      '',
    ].join('\n')
  })
  return [`${folder}\n`, ...blocks, `${totals(findings)}\n`].join('\n')
}

function totals(findings: readonly Finding[]): string {
  const { bitsPerSecond, roundTrip, connections } = LINE
  const line = `${bitsPerSecond / 1e6} Mbps, ${roundTrip} ms round trip, ${connections} connections`
  const ms = sum(findings, (finding) => finding.ms)
  const most = ms > 0 ? `, at most ${msText(ms)} to spare on a line of ${line}` : ''
  return `${count(findings.length, 'finding')}${most}`
}

/** Lines of at most `width` characters, broken between words; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
