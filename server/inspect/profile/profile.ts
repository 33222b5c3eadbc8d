import { type RequestHandler, Router } from 'express'
import { send } from '../../middleware/encode.ts'
import { HttpError } from '../../middleware/httperror.ts'
import { cachegrindOf, cpuProfileOf, speedscopeOf } from '../../profile/exports.ts'
import { isKind, type Profile, type Profiler } from '../../profile/profiler.ts'
import { document } from '../document.ts'
import { profileView, readLook } from './profileView.ts'

export interface ProfilePageOptions {
  profiler: Profiler
  /** Names of routes seen so far, to choose from. */
  routes: () => readonly string[]
  /** Names the build in the file names of downloads. */
  release: () => string
}

/** Profiles kept to compare with; the oldest goes. */
const KEPT = 4

/** What a download is called behind the dot, of what type, and how it is made. */
const FORMATS: Readonly<
  Record<string, { ending: string; type: string; write: (profile: Profile, name: string) => string }>
> = {
  cachegrind: {
    ending: 'callgrind.out',
    type: 'text/plain; charset=utf-8',
    write: ({ tree, unit }, name) => cachegrindOf(tree, { name, unit }),
  },
  cpuprofile: {
    ending: 'cpuprofile',
    type: 'application/json',
    write: ({ tree }) => JSON.stringify(cpuProfileOf(tree)),
  },
  speedscope: {
    ending: 'speedscope.json',
    type: 'application/json',
    write: ({ tree, unit }, name) => JSON.stringify(speedscopeOf(tree, { name, unit })),
  },
}

/** Tells the profiler which request a moment belongs to. Stands behind `timing()`. */
export function profiled(profiler: Profiler): RequestHandler {
  return function profiled(req, res, next) {
    // The profiler's own pages are none of the game.
    if (!req.path.startsWith('/__')) res.once('close', profiler.enter(req.timing))
    next()
  }
}

/**
 * `/__profile__`: start, stop and reset by its form (`action`, `kind`, `routes`); a table, a tree or a flame graph of what was gathered; `?format=cachegrind`, `cpuprofile` or
 * `speedscope` downloads it; `keep` puts it aside to be compared with. Works without scripts. Stands behind {@link access}.
 */
export function profilePage({ profiler, routes, release }: ProfilePageOptions): Router {
  const router = Router()
  const kept = new Map<string, Profile>()

  router.get('/__profile__', async (req, res) => {
    req.timing.controller = 'inspect'
    const profile = await profiler.read()
    const { format } = req.query
    if (typeof format !== 'string') {
      const look = readLook(req.query)
      document(req, res, {
        title: 'Profile',
        body: profileView({ profile, look, kept, routes: routes(), other: kept.get(look.with) }),
      })
      return
    }
    const form = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
    if (!form)
      throw new HttpError(
        400,
        `"${format.slice(0, 40)}" is no format: expected one of ${Object.keys(FORMATS).join(', ')}.`,
      )
    const name = `profile-${profile.kind}-${release()}`.replaceAll(/[^\w.-]+/g, '-')
    res.setHeader('Content-Disposition', `attachment; filename="${name}.${form.ending}"`)
    res.setHeader('Cache-Control', 'no-store')
    send(req, res, form.write(profile, name), form.type)
  })

  router.post('/__profile__', async (req, res) => {
    req.timing.controller = 'inspect'
    const { action, kind, routes } = (req.body ?? {}) as Record<string, unknown>
    if (action === 'start') {
      if (!isKind(kind))
        throw new HttpError(400, `kind is "${String(kind).slice(0, 40)}": expected cpu, counts or heap.`)
      const chosen = typeof routes === 'string' ? routes.split(/[\s,]+/).filter(Boolean) : []
      await profiler.start({ kind, ...(chosen.length > 0 && kind !== 'heap' && { routes: chosen }) })
    } else if (action === 'stop') await profiler.stop()
    else if (action === 'reset') await profiler.reset()
    else if (action === 'keep') {
      kept.set(new Date().toISOString().slice(11, 19), await profiler.read())
      for (const name of kept.keys()) if (kept.size > KEPT) kept.delete(name)
    } else throw new HttpError(400, `action is "${String(action).slice(0, 40)}": expected start, stop, reset or keep.`)
    res.redirect(303, '/__profile__')
  })
  return router
}
