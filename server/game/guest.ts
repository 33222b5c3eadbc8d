import type { Request } from 'express'
import type { Session } from '../store/session.ts'
import type { Actions } from './actions.ts'
import type { Tables } from './entities.ts'
import { isOnlooker } from './onlooker.ts'
import { newPlayer } from './rules/player.ts'
import type { Player } from './rules/types.ts'

/** Who is at the door. */
export interface Guests {
  /**
   * The player this browser belongs to, brought up to date. A browser that is new here becomes a guest, with a cookie in the answer;
   * whoever only looks (`onlooker.ts`) sees the village through a stranger's eyes and leaves nothing.
   *
   * @param invite code of the link that brought the visitor.
   */
  arrive(req: Request, session: Session<Tables>, invite?: string): Promise<Player>
}

export function createGuests({ actions, clock }: { actions: Actions; clock: () => number }): Guests {
  return {
    async arrive(req, session, invite) {
      const known = req.session.user
      if (known !== null) {
        const player = await actions.find(session, known)
        if (player) return player
      }
      if (isOnlooker(req)) return stranger(clock())
      const player = await actions.newGuest(session, invite)
      req.session.signIn(player.id)
      return player
    },
  }
}

const stranger = (now: number): Player =>
  newPlayer({ id: 'stranger', code: 'stranger', invitedBy: null, seed: 'stranger', now })
