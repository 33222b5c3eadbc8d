import { redact } from '../log/redact.ts'
import type { ToldError } from './queries.ts'
import type { Frame, Stacks } from './stacks.ts'

/** Errors of pages that are one and the same: the same words at the same place of the source. */
export interface ClientError {
  message: string
  /** Where it was thrown, as exactly as is known: `client/game/main.ts:12:5`, or the browser's own line; `''` where nothing was said. */
  at: string
  /** Of the latest of them. */
  stack: readonly Frame[]
  count: number
  /** Players who have met it. */
  players: number
  /** True where somebody without a session has. */
  strangers: boolean
  /** Milliseconds since the epoch, by our clock. */
  first: number
  last: number
  /** The latest first, at most {@link FEW}. */
  releases: readonly string[]
  places: readonly string[]
  /** Why the stack stands as it came. */
  unmapped?: string
}

/** Of each list that pages could make long. */
const FEW = 5
const MOST = 50

interface Told {
  message: string
  stack: string
  place: string
  release: string
}

/** Groups what pages have told, those first that most players meet; at most {@link MOST}. */
export async function groupErrors(rows: readonly ToldError[], stacks: Stacks): Promise<ClientError[]> {
  const groups = new Map<
    string,
    { error: ClientError; users: Set<string>; releases: Set<string>; places: Set<string> }
  >()
  // Most are many players' alike.
  const read = new Map<string, Frame[]>()
  for (const { data, user_id: user, count, first, last } of rows.toSorted((a, b) => b.last - a.last)) {
    const { message, stack, place, release } = parse(data)
    const told = `${release}\n${stack}`
    const frames = read.get(told) ?? (await stacks.read(release, stack))
    read.set(told, frames)
    const top = frames.find((frame) => frame.place !== undefined) ?? frames[0]
    const at = top?.place ?? top?.text ?? ''
    const key = `${message}\n${at}`
    let group = groups.get(key)
    if (!group) {
      const unmapped = top === undefined || top.place !== undefined ? undefined : await whyNot(release, stacks)
      const error = {
        message,
        at,
        stack: frames,
        count: 0,
        players: 0,
        strangers: false,
        first,
        last,
        releases: [],
        places: [],
        ...(unmapped !== undefined && { unmapped }),
      }
      groups.set(key, (group = { error, users: new Set(), releases: new Set(), places: new Set() }))
    }
    group.error.count += count
    group.error.first = Math.min(group.error.first, first)
    if (user === null) group.error.strangers = true
    else group.users.add(user)
    if (release !== '') group.releases.add(release)
    if (place !== '') group.places.add(place)
  }
  return Array.from(groups.values())
    .sort((a, b) => b.users.size - a.users.size || b.error.count - a.error.count || b.error.last - a.error.last)
    .slice(0, MOST)
    .map(({ error, users, releases, places }) => {
      error.players = users.size
      error.releases = [...releases].slice(0, FEW)
      // URLs and what a library quotes may hold secrets; looked for in what is shown alone, for it takes its time.
      error.places = [...places].slice(0, FEW).map(redact)
      error.message = redact(error.message)
      error.at = redact(error.at)
      for (const frame of error.stack) frame.text = redact(frame.text)
      return error
    })
}

async function whyNot(release: string, stacks: Stacks): Promise<string> {
  if (release === '') return 'The page did not say of which release it was: the stack stands as it came.'
  return (await stacks.knows(release))
    ? 'No line of it is in a script of this release: the stack stands as it came.'
    : 'The maps of this release are not kept here: the stack stands as it came.'
}

/** Checked where it came in, unless it came by a stream that others write to as well. */
function parse(data: string): Told {
  const given: unknown = JSON.parse(data)
  const field = (name: keyof Told): string => {
    const value: unknown = typeof given === 'object' && given !== null && name in given ? given[name as never] : ''
    return typeof value === 'string' ? value : ''
  }
  return {
    message: field('message').slice(0, 300) || 'An error without words',
    stack: field('stack'),
    place: field('place').slice(0, 100),
    release: field('release').slice(0, 100),
  }
}
