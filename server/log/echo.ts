import type { RequestHandler } from 'express'
import type { Traffic, WriteEntry } from './entry.ts'
import { playerOf } from '../middleware/player.ts'

/** Tells of one statement, or of one key's traffic with a cache. */
export type TellTraffic = (traffic: Traffic) => void

export interface EchoOptions {
  /** Milliseconds that a player is listened to. Default ten minutes. */
  lasts?: number
  /** Players listened to at once; the one listened to longest makes room. Default 20. */
  players?: number
  /** Milliseconds since any moment. Default the machine's monotonic clock. */
  clock?: () => number
}

/** Whose statements and cache traffic the log tells, as a debugger's `echo`: some players, for some minutes, so that it cannot be left on. */
export class Echo {
  readonly lasts: number
  readonly #most: number
  readonly #clock: () => number
  readonly #until = new Map<string, number>()

  constructor({ lasts = 600_000, players = 20, clock = () => performance.now() }: EchoOptions = {}) {
    this.lasts = lasts
    this.#most = players
    this.#clock = clock
  }

  /** Listens to a player from their next request on; anew where it did already. */
  listen(user: string): void {
    this.#until.delete(user)
    this.#until.set(user, this.#clock() + this.lasts)
    for (const longest of this.#until.keys()) if (this.#until.size > this.#most) this.#until.delete(longest)
  }

  hush(user: string): void {
    this.#until.delete(user)
  }

  hears(user: string): boolean {
    // Almost always nobody is listened to.
    if (this.#until.size === 0) return false
    const until = this.#until.get(user)
    if (until === undefined || until > this.#clock()) return until !== undefined
    this.#until.delete(user)
    return false
  }

  /** Players listened to, and for how many milliseconds more. */
  players(): { user: string; left: number }[] {
    const now = this.#clock()
    return Array.from(this.#until, ([user, until]) => ({ user, left: until - now })).filter(({ left }) => left > 0)
  }
}

/** Has the requests of players who are listened to tell of their statements and cache traffic. Stands behind `session()`. */
export function echoed({ echo, write }: { echo: Echo; write: WriteEntry }): RequestHandler {
  return function echoed(req, _res, next) {
    const user = playerOf(req)
    if (user !== null && echo.hears(user))
      req.timing.echo = (traffic) =>
        write({ at: Date.now(), level: 'debug', id: req.id, route: req.timing.controller, user, ...traffic })
    next()
  }
}
