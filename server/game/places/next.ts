import { sitesOf } from '../rules/buildings.ts'
import { knockedOut } from '../rules/battles.ts'
import { missionsOf, regionsOf } from '../rules/missions.ts'
import { nextStep } from '../rules/steps.ts'
import type { Player } from '../rules/types.ts'

/** One sentence on what to do next, and the way there. */
export interface NextDeed {
  words: string
  label: string
  href: string
}

const LABEL = { missions: 'Set out', hero: 'Dress', battle: 'Fight', village: 'Build', friends: 'Invite' } as const

/** The first session's next step; afterwards, what the player's state calls for. */
export function nextDeed(player: Player): NextDeed {
  const step = nextStep(player)
  if (step) {
    const { place, target, hint } = step
    const hash = target === undefined ? '' : place === 'village' ? `#work-${target}` : `#${target}`
    return { words: hint, label: LABEL[place], href: `${place === 'village' ? '' : `/${place}`}${hash}` || '/' }
  }
  const site = sitesOf(player).find(({ next, locked, affordable }) => next !== null && locked === null && affordable)
  if (site)
    return {
      words: `There are coins enough to raise the ${site.building.name.replace(/^The /, '')}.`,
      label: 'Build',
      href: `#work-${site.building.id}`,
    }
  const region = regionsOf(player).findLast(({ lock }) => lock === null)?.region.id ?? ''
  const errand = missionsOf(player, region).findLast(({ lock, short }) => lock === null && short === 0)
  if (errand)
    return {
      words: `Somebody should ${lower(errand.mission.name)}.`,
      label: 'Set out',
      href: `/missions/${region}#${errand.mission.id}`,
    }
  if (!knockedOut(player))
    return { words: 'Your legs are tired, but your arms are not. See who is about.', label: 'Fight', href: '/battle' }
  return { words: 'Rest a while. The market has new things and no monsters.', label: 'Market', href: '/market' }
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
