import { Echo } from './echo.ts'
import type { Entry, Level, WriteEntry } from './entry.ts'
import { writeText } from './text.ts'

export interface LogOptions {
  /** Writes lines down. Default for people, to standard output and standard error. */
  output?: WriteEntry
  /** The latest lines kept for `/__log__`. Default 2,000: at most 3 MB, of errors alone 20 MB. */
  keep?: number
  echo?: Echo
}

/** A line with its number, counted from the start of the process. */
export interface Numbered {
  n: number
  entry: Entry
}

/** Hears of each line as it is written. */
export type Listener = (line: Numbered) => void

/** The process's log: writes lines down, keeps the latest, and tells them to whoever follows. */
export class Log {
  readonly echo: Echo
  readonly #output: WriteEntry
  /** Line `n` stands at `n % keep`. */
  readonly #kept: Entry[] = []
  readonly #keep: number
  readonly #listeners = new Set<Listener>()
  readonly #closing = new AbortController()
  #next = 0

  constructor({ output = writeText, keep = 2000, echo = new Echo() }: LogOptions = {}) {
    this.#output = output
    this.#keep = keep
    this.echo = echo
  }

  /** Takes a line. Bound, so that it can be handed on. */
  readonly write: WriteEntry = (entry) => {
    const n = this.#next++
    this.#kept[n % this.#keep] = entry
    this.#output(entry)
    if (this.#listeners.size > 0) for (const listener of this.#listeners) listener({ n, entry })
  }

  /** Takes what the program says in words. */
  note(level: Level, text: string): void {
    this.write({ kind: 'note', at: Date.now(), level, text })
  }

  /** The number of the next line. */
  get next(): number {
    return this.#next
  }

  /** Lines still kept, from number `from` on, the oldest first. */
  *since(from = 0): Generator<Numbered> {
    for (let n = Math.max(from, this.#next - this.#keep, 0); n < this.#next; n++) {
      const entry = this.#kept[n % this.#keep]
      if (entry) yield { n, entry }
    }
  }

  /** @returns what ends it. */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Aborted by {@link close}: those who follow end themselves then. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Sends followers away, as when the server shuts down. Lines can still be written. */
  close(): void {
    this.#closing.abort()
  }
}
