import type { Request, Response, Router } from 'express'
import type { Assets } from '../../middleware/assets.ts'
import { HttpError } from '../../middleware/httperror.ts'
import type { SendPage } from '../../middleware/pages.ts'
import { Conflict } from '../../store/conflict.ts'
import type { Session } from '../../store/session.ts'
import type { Store } from '../../store/store.ts'
import { FRAGMENT, IDEMPOTENCY_KEY, isKey } from '../../wire/fragment.ts'
import type { Actions } from '../actions.ts'
import type { Tables } from '../entities.ts'
import type { Guests } from '../guest.ts'
import { frame, type Setting, type Visit } from '../layout.ts'
import { isUnseen } from '../onlooker.ts'
import { RuleError } from '../rules/error.ts'
import type { Action, Outcome, Player } from '../rules/types.ts'
import { type Fields, FieldError } from './fields.ts'

/** What all places are served with. */
export interface World {
  store: Store<Tables>
  actions: Actions
  guests: Guests
  assets: () => Assets
  sendPage: SendPage
  /** Milliseconds since the epoch. */
  clock: () => number
}

/** What a place may ask for beside the visit itself. */
export interface Here {
  world: World
  session: Session<Tables>
  /** The named part of the path, as in `/missions/:region`; undefined where the path has none. */
  part: string | undefined
  /** False where the answer may never be seen: what it shows must not count as read. */
  seen: boolean
  /** Scheme and host the player knows the game by, as in `https://emberwood.example`: for links to be sent to others. */
  origin: string
}

/** One place of the game: its addresses, what it shows, and what can be done there. */
export interface Place {
  /** Class of the page, first half of the controller's name. */
  name: string
  paths: readonly string[]
  /** Reads what it needs, then says what the page is. @throws HttpError 404 for a part that does not exist. */
  show(visit: Visit, here: Here): Setting | Promise<Setting>
  /** The actions of its forms, by the field `action`: each makes an action of the fields. @throws FieldError */
  deeds?: Readonly<Record<string, (fields: Fields) => Action>>
}

/** One request at a place, as far as it has come. */
interface Turn {
  req: Request
  res: Response
  session: Session<Tables>
  player: Player
  /** What the action came to, or why it did not. */
  said: Visit['said']
  /** Of the answer. Default the place's own. */
  status?: number
}

/** Serves a place: GET shows it; POST acts, then shows it again or, without the client's script, sends the browser back to it. */
export function openPlace(router: Router, world: World, place: Place): void {
  for (const path of place.paths) router.get(path, show).post(path, act)

  async function show(req: Request, res: Response): Promise<void> {
    req.timing.controller = place.name
    const session = world.store.session(req.timing)
    const player = await world.guests.arrive(req, session)
    const key = req.query['did']
    const said = isKey(key) ? await session.recall<Outcome>(player.id, key) : null
    await answer({ req, res, session, player, said })
  }

  async function act(req: Request, res: Response): Promise<void> {
    if (req.is(FORM) === false)
      throw new HttpError(415, `A place takes a form (${FORM}), and ${req.get('Content-Type') ?? 'no type'} arrived.`)
    const fields = (req.body ?? {}) as Fields
    const deed = deedOf(place, fields)
    req.timing.controller = deed ? `${place.name}/${String(fields['action'])}` : `${place.name}/unknown`
    const session = world.store.session(req.timing)
    const player = await world.guests.arrive(req, session)
    const key = req.get(IDEMPOTENCY_KEY) ?? fields['key']
    try {
      if (!deed) throw new FieldError('That cannot be done here. Look around and try again.')
      if (!isKey(key)) throw new FieldError('This page is too old to act from. Open it again.')
      const { player: after, outcome } = await world.actions.act(session, player.id, deed(fields), key)
      if (req.get(FRAGMENT) === undefined) return res.redirect(303, `${req.path}?did=${key}`)
      await answer({ req, res, session, player: after, said: outcome })
    } catch (error) {
      const { words, status } = refusal(error)
      // What the player sees may be older than what refused: show things as they are now, beside the reason.
      const fresh = world.store.session(req.timing)
      const now = await world.actions.refresh(fresh, player.id)
      const said = { text: words, tone: 'bad', gains: {} } as const
      await answer({ req, res, session: fresh, player: now, said, status })
    }
  }

  async function answer({ req, res, session, player, said, status }: Turn): Promise<void> {
    const now = world.clock()
    const visit: Visit = {
      player,
      now,
      hour: hourAt(now, req.get('cookie')),
      assets: world.assets(),
      said,
    }
    const setting = await place.show(visit, {
      world,
      session,
      part: partOf(req),
      seen: !isUnseen(req),
      origin: `${req.protocol}://${req.host}`,
    })
    world.sendPage(req, res, frame(visit, status === undefined ? setting : { ...setting, status }))
  }
}

const FORM = 'application/x-www-form-urlencoded'

/** What the field `action` names among the place's deeds: its own alone, not what every object has. */
function deedOf({ deeds = {} }: Place, { action }: Fields): ((fields: Fields) => Action) | undefined {
  return typeof action === 'string' && Object.hasOwn(deeds, action) ? deeds[action] : undefined
}

/** Why an action was refused. @throws whatever is no refusal. */
function refusal(error: unknown): { words: string; status: number } {
  if (error instanceof RuleError || error instanceof FieldError) return error
  if (error instanceof Conflict) return { words: 'Too much happened at once just then. Try again.', status: 409 }
  throw error
}

/** Where the client has not said its offset from UTC in minutes yet, it is dusk: the hour this village is known for. */
export function hourAt(now: number, cookie: string | undefined): number {
  const offset = /(?:^|; )tz=(-?\d{1,3})(?:;|$)/.exec(cookie ?? '')?.[1]
  return offset === undefined ? 19 : new Date(now - Number(offset) * 60_000).getUTCHours()
}

/** @throws HttpError 404 in words a player understands. */
export function noSuch(what: string): never {
  throw new HttpError(404, `No path leads to this ${what}. The forest may have swallowed it.`)
}

function partOf(req: Request): string | undefined {
  const [part] = Object.values(req.params)
  return typeof part === 'string' ? part : undefined
}
