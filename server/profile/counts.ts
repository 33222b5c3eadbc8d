import { readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { fileURLToPath } from 'node:url'
import type { Calls } from './table.ts'
import type { Place, Resolve } from './tree.ts'

/** Adds up how often each function was called, as V8's precise coverage tells it: since the last time it was asked. */
export class Counts {
  readonly #resolve: Resolve
  readonly #counts = new Map<string, number>()
  readonly #lines = new Map<string, number[] | null>()

  constructor(resolve: Resolve) {
    this.#resolve = resolve
  }

  add(scripts: readonly Profiler.ScriptCoverage[]): void {
    for (const { url, functions } of scripts) {
      const starts = this.#startsOf(url)
      if (!starts) continue
      for (const { functionName, ranges } of functions) {
        const [whole] = ranges
        if (!whole || whole.count === 0 || functionName === '') continue
        const line = starts.findLastIndex((start) => start <= whole.startOffset)
        const place = {
          name: functionName,
          file: url,
          line: line + 1,
          column: whole.startOffset - (starts[line] ?? 0) + 1,
        }
        const key = keyOf(this.#resolve(place))
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + whole.count)
      }
    }
  }

  readonly calls: Calls = (place) => this.#counts.get(keyOf(place))

  clear(): void {
    this.#counts.clear()
  }

  /** Where each line of a script begins; null for one that is no file. */
  #startsOf(url: string): number[] | null {
    let starts = this.#lines.get(url)
    if (starts === undefined) {
      starts = null
      if (url.startsWith('file:'))
        try {
          const text = readFileSync(fileURLToPath(url), 'utf8')
          starts = [0]
          for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
        } catch {
          // It is gone since it was loaded.
        }
      this.#lines.set(url, starts)
    }
    return starts
  }
}

/** V8 lets a function begin at its name here and at its brackets there: the same line, not the same column. */
const keyOf = ({ name, file, line }: Place): string => `${name}\n${file}\n${line}`
