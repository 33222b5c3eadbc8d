/** What can be found, by rarity. */
export const ITEMS = {
  common: ['rusty-knife', 'wool-cap', 'copper-band', 'bone-charm', 'wolf-boots', 'iron-helm', 'iron-sword'],
  rare: ['oak-shield', 'scale-mail', 'stag-helm', 'steel-gauntlets', 'amber-pendant', 'witch-ring', 'raven-amulet'],
  epic: ['moon-spear', 'rune-shield', 'ember-blade', 'ember-plate', 'ember-heart'],
}

export const MONSTERS = [
  'bat',
  'boar',
  'crocodile',
  'dragon',
  'ghost',
  'goblin',
  'ogre',
  'rat',
  'snake',
  'spider',
  'wolf',
]
