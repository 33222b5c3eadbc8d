const TIERS = {
  ember: ['blade', 'heart', 'plate'],
  iron: ['helm', 'sword'],
  plain: [
    'amber-pendant',
    'bone-charm',
    'copper-band',
    'moon-spear',
    'oak-shield',
    'raven-amulet',
    'rune-shield',
    'rusty-knife',
    'scale-mail',
    'stag-helm',
    'steel-gauntlets',
    'witch-ring',
    'wolf-boots',
    'wool-cap',
  ],
}

export const LOOT = Object.entries(TIERS).flatMap(([tier, names]) =>
  names.map((name) => (tier === 'plain' ? name : `${tier}-${name}`)),
)

export const lootPath = (name) => `loot/${name}.png`
