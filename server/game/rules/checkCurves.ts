import { complain, rising, share, wholeFrom } from './complain.ts'
import type { Curves } from './types.ts'

/** The numbers that belong to no entry: positive where they must be, shares within 0 and 1, curves that rise. */
export function checkCurves(curves: Curves): void {
  const at = (entry: string) => ({ file: 'curves', entry })
  const from = (least: number, entry: string, fields: Record<string, number>): void => {
    for (const [field, value] of Object.entries(fields)) wholeFrom(least, at(entry), field, value)
  }
  const { start, xp, energy, health, mastery, strength, battle, market, caps } = curves

  wholeFrom(0, at('start'), 'coins', start.coins)
  for (const [field, names] of Object.entries(start.names)) {
    if (names.length === 0) complain(at('start'), `names.${field}`, names, 'at least one name')
    const long = names.find((name) => name.trim() === '' || name.length * 2 > caps.name)
    if (long !== undefined)
      complain(at('start'), `names.${field}`, long, `a name of at most ${caps.name / 2} characters: two make one`)
  }
  xp.forEach((value, index) => wholeFrom(1, at('xp'), `xp[${index}]`, value))
  if (xp.length === 0) complain(at('xp'), 'length', 0, 'at least one level to reach')
  rising(at('xp'), 'xp', xp)
  for (const [entry, { start, perLevel, msPerPoint }] of Object.entries({ energy, health })) {
    from(1, entry, { start, msPerPoint })
    from(0, entry, { perLevel })
  }
  mastery.forEach(({ times, percent, purse }, index) => {
    from(1, `mastery[${index}]`, { times })
    from(0, `mastery[${index}]`, { percent, purse })
  })
  rising(
    at('mastery'),
    'times',
    mastery.map(({ times }) => times),
  )
  rising(
    at('mastery'),
    'percent',
    mastery.map(({ percent }) => percent),
  )

  const { attack, defence, ...rest } = strength
  from(1, 'strength', { attack, defence })
  from(0, 'strength', rest)

  const { leastHealth, rounds, criticalPercent, daring, reach, rival, consolation } = battle
  from(1, 'battle', { leastHealth, rounds, reach })
  from(0, 'battle', { daring, consolation })
  from(100, 'battle', { criticalPercent })
  from(0, 'battle.rival', rival)
  for (const field of ['miss', 'critical', 'swing', 'falloff', 'falloffLeast'] as const)
    share(at('battle'), field, battle[field])
  for (const [field, value] of Object.entries(battle.wounds)) share(at('battle.wounds'), field, value)
  if (leastHealth > health.start)
    complain(at('battle'), 'leastHealth', leastHealth, `at most ${health.start}, a new player's health`)

  share(at('market'), 'swing', market.swing)
  share(at('market'), 'sellShare', market.sellShare)
  // Prices turn daily: bought on the cheapest day and sold on the dearest, gear must not make money.
  if (market.sellShare * (1 + market.swing) > 1 - market.swing)
    complain(
      at('market'),
      'sellShare',
      market.sellShare,
      `at most ${(1 - market.swing) / (1 + market.swing)}, or trading alone pays`,
    )
  for (const field of ['healing', 'healingPerLevel'] as const)
    if (!(market[field] >= 0 && Number.isFinite(market[field])))
      complain(at('market'), field, market[field], 'coins from 0')
  if (market.healing === 0) complain(at('market'), 'healing', 0, 'more than 0')
  from(1, 'caps', caps)
}
