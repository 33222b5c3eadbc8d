import { steps } from './data/steps.ts'
import { gainsBetween, pay } from './levels.ts'
import type { Played, Player, Step } from './types.ts'
import { winnings } from './words.ts'

/** The first-session step to offer now; null when all are taken. */
export const nextStep = (player: Player): Step | null => steps.find(({ id }) => !player.steps.includes(id)) ?? null

/** Pays the steps that an action completed, in whatever order the player finds them, and says so. */
export function takeSteps(before: Player, played: Played, now: number): Played {
  const taken = steps.filter(({ id, moment }) => played.moments.includes(moment) && !before.steps.includes(id))
  const last = taken.at(-1)
  if (last === undefined) return played
  let player: Player = { ...played.player, steps: [...before.steps, ...taken.map(({ id }) => id)] }
  for (const { reward } of taken) player = pay(player, reward, now)
  const reward = gainsBetween(played.player, player)
  const { outcome } = played
  return {
    ...played,
    player,
    outcome: {
      ...outcome,
      text: `${outcome.text} ${taken.map(({ name, words }) => `${name}: ${words}`).join(' ')} That is ${winnings(reward)} more.`,
      gains: { ...outcome.gains, ...gainsBetween(before, player) },
      step: last.id,
    },
  }
}
