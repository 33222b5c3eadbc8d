import { complain, known, wholeFrom } from './complain.ts'
import type { Place } from './complain.ts'
import { surelyBeats } from './duel.ts'
import type { Content, Step } from './types.ts'

const MOMENTS = ['mission', 'loot', 'equip', 'win', 'build', 'invite']

/** The first session works for everybody: each step is there once and can be taken when it is offered, whatever the dice say. */
export function checkFirstSession(content: Content): void {
  const { steps, curves } = content
  const seen = new Set<string>()
  let purse = curves.start.coins
  for (const step of steps) {
    const place = { file: 'steps', entry: step.id }
    known(place, 'moment', step.moment, new Set(MOMENTS))
    if (seen.has(step.moment)) complain(place, 'moment', step.moment, 'one that no step before it waits for')
    seen.add(step.moment)
    for (const [field, value] of Object.entries(step.reward)) wholeFrom(0, place, `reward.${field}`, value)
    if (step.hint.trim() === '' || /[.!?] ./.test(step.hint)) complain(place, 'hint', step.hint, 'one sentence')
    checkTarget(place, step, content, purse)
    purse += step.reward.coins
  }
  const missing = MOMENTS.find((moment) => !seen.has(moment))
  if (missing !== undefined)
    complain({ file: 'steps', entry: missing }, 'moment', undefined, 'a step for each of the moments')
}

function checkTarget(place: Place, { moment, target }: Step, content: Content, purse: number): void {
  const { missions, monsters, items, buildings, curves } = content
  if (moment === 'invite') return
  if (moment === 'mission' || moment === 'loot') {
    const mission = missions.find(({ id }) => id === target)
    if (mission === undefined) return complain(place, 'target', target, 'a mission')
    if (mission.level !== 1) complain(place, 'target', target, 'a mission of level 1')
    if (moment === 'loot' && mission.firstFind === undefined)
      complain(place, 'target', target, 'a mission with a firstFind')
    return
  }
  if (moment === 'equip') {
    const item = items.find(({ id }) => id === target)
    if (item === undefined || item.level !== 1) complain(place, 'target', target, 'an item of level 1')
    if (!missions.some(({ firstFind }) => firstFind === target))
      complain(place, 'target', target, "some mission's firstFind")
    return
  }
  if (moment === 'win') {
    const monster = monsters.find(({ id }) => id === target)
    if (monster === undefined || monster.level !== 1) return complain(place, 'target', target, 'a monster of level 1')
    const { attack, defence } = curves.strength
    if (!surelyBeats({ attack, defence, health: curves.health.start }, monster))
      complain(place, 'target', target, 'a monster that a new player without gear beats with the worst of luck')
    return
  }
  const building = buildings.find(({ id }) => id === target)
  const first = building?.levels[0]
  if (first === undefined || first.level !== 1) return complain(place, 'target', target, 'a building of level 1')
  if (first.cost > purse)
    complain(place, 'target', target, `one that costs at most ${purse}, what a new player surely has by then`)
}
