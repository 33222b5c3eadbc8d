/** Says on standard error how far a long piece of work is: in place on a terminal, a line now and then in a log. */
export interface Progress {
  /** One more is done. `fresh` where it had to be made, as against found in the cache. */
  step(fresh: boolean): void
  /** Ends the line and says what was made, unless nothing was. */
  end(): void
}

/** Work faster than this says nothing at all. */
const QUIET_MS = 300
const LOG_EVERY_MS = 5000

export function startProgress(what: string, total: number): Progress {
  const started = performance.now()
  const { stderr } = process
  let done = 0
  let made = 0
  let shown = started
  const line = (): string => `${what} ${done}/${total}`
  return {
    step(fresh) {
      done++
      if (fresh) made++
      const now = performance.now()
      if (now - started < QUIET_MS || now - shown < (stderr.isTTY ? 80 : LOG_EVERY_MS)) return
      shown = now
      stderr.write(stderr.isTTY ? `\r${line()}` : `${line()}\n`)
    },
    end() {
      if (made === 0) return
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      stderr.write(`${stderr.isTTY ? '\r' : ''}${line()}, ${made} made anew in ${seconds} s\n`)
    },
  }
}
