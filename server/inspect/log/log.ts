import { Router } from 'express'
import { playerOf } from '../../middleware/player.ts'
import { send } from '../../middleware/encode.ts'
import { HttpError } from '../../middleware/httperror.ts'
import { FIELDS, matcher, readFilter } from '../../log/filter.ts'
import type { Log } from '../../log/log.ts'
import { document } from '../document.ts'
import { rowOf } from './logRow.ts'
import { SCRIPT } from './logScript.ts'
import { followLog, type FollowOptions } from './logStream.ts'
import { logView } from './logView.ts'

export interface LogPagesOptions extends FollowOptions {
  log: Log
}

/** Lines on the page; the rest is found by filtering, or in the JSON. */
const ROWS = 300
const USER = /^[\w-]{1,64}$/

/**
 * `/__log__`: the latest lines, filtered by level, route, player, request and text; live by `/__log__/live`, which takes the same filter; `?format=json` for the
 * numbers. Its form switches on for one player what is told of each statement and each key asked of a cache. Without scripts all but the live part works. Stands behind
 * {@link access} and `session()`.
 */
export function logPages({ log, ...follow }: LogPagesOptions): Router {
  const router = Router()

  router.get('/__log__', (req, res) => {
    req.timing.controller = 'inspect'
    const filter = readFilter(req.query)
    const matches = matcher(filter)
    const { next } = log
    const lines = [...log.since()].filter(({ entry }) => matches(entry))
    if (req.query['format'] === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      res.json({ next, lines: lines.map(rowOf) })
      return
    }
    const rows = lines.slice(-ROWS).toReversed().map(rowOf)
    const more = lines.length - rows.length
    const view = { rows, more, next, filter, echo: log.echo, self: playerOf(req) }
    document(req, res, { title: 'Log', script: '/__log__/live.js', body: logView(view) })
  })

  router.get('/__log__/live.js', (req, res) => {
    req.timing.controller = 'inspect'
    res.setHeader('Cache-Control', 'no-cache')
    send(req, res, SCRIPT, 'text/javascript; charset=utf-8')
  })

  router.get('/__log__/live', followLog(log, follow))

  router.post('/__log__', (req, res) => {
    req.timing.controller = 'inspect'
    const { action, user } = (req.body ?? {}) as Record<string, unknown>
    if ((action !== 'echo' && action !== 'hush') || typeof user !== 'string' || !USER.test(user))
      throw new HttpError(
        400,
        `action is "${String(action).slice(0, 40)}" of user "${String(user).slice(0, 70)}": expected echo or hush, of a player's id.`,
      )
    if (action === 'echo') log.echo.listen(user)
    else log.echo.hush(user)
    const back = new URLSearchParams(action === 'echo' ? { user } : {})
    for (const name of FIELDS) {
      const kept = req.query[name]
      if (action === 'hush' && typeof kept === 'string') back.set(name, kept)
    }
    res.redirect(303, back.size > 0 ? `/__log__?${back.toString()}` : '/__log__')
  })
  return router
}
