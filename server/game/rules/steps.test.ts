import { expect, test } from 'vitest'
import { steps } from './data/steps.ts'
import { play } from './play.ts'
import { NOW, sample } from './sample.ts'
import { nextStep } from './steps.ts'
import type { Action } from './types.ts'

const now = NOW

test('the path leads from the first mission to the first invite, each step by what its hint says', () => {
  const path: Action[] = [
    { kind: 'mission', mission: 'gather-kindling' },
    { kind: 'mission', mission: 'light-the-lanterns' },
    { kind: 'equip', item: 'rusty-knife' },
    { kind: 'fight', monster: 'rat' },
    { kind: 'build', building: 'hearth', level: 0 },
    { kind: 'invite' },
  ]
  // A seed under which the first mission finds nothing, as most do.
  let player = sample()
  for (const [index, action] of path.entries()) {
    expect(nextStep(player)?.id).toBe(steps[index]?.id)
    const played = play({ player }, action, { seed: 'path', now })
    expect(played.outcome.step).toBe(steps[index]?.id)
    player = played.player
  }
  expect(nextStep(player)).toBeNull()
  expect(player.level).toBe(2)
})

test('a step taken out of order is paid, and not offered again', () => {
  const { player } = play({ player: sample() }, { kind: 'build', building: 'hearth', level: 0 }, { seed: 's', now })
  expect(player).toMatchObject({ steps: ['first-building'], coins: 10, xp: 5 })
  expect(nextStep(player)?.id).toBe('first-mission')
})

test('a step is paid once', () => {
  const first = play({ player: sample() }, { kind: 'invite' }, { seed: 's', now })
  const second = play({ player: first.player }, { kind: 'invite' }, { seed: 's', now })
  expect(first.outcome.gains.coins).toBe(25)
  expect(second.outcome.gains).toEqual({})
  expect(second.player.steps).toEqual(['first-invite'])
})

test('the new level is said in the outcome', () => {
  const { outcome } = play({ player: sample({ xp: 13 }) }, { kind: 'fight', monster: 'rat' }, { seed: 's', now })
  expect(outcome.text).toContain('You are level 2 now')
  expect(outcome.gains.level).toBe(2)
})
