import type { Avatar } from '../types.ts'

/** Faces to choose from; a guest gets one of them by chance. */
export const avatars: readonly Avatar[] = [
  { id: 'mage', name: 'Mage', words: 'Knows a word for everything and the price of two.', picture: 'avatars/mage' },
  { id: 'elf', name: 'Elf', words: 'Three hundred years old and still not used to shoes.', picture: 'avatars/elf' },
  { id: 'fairy', name: 'Fairy', words: 'Small, quick, and owed a favour by most.', picture: 'avatars/fairy' },
  { id: 'hunter', name: 'Hunter', words: 'Reads the moss the way others read letters.', picture: 'avatars/hunter' },
  {
    id: 'knight-woman',
    name: 'Dame Errant',
    words: 'Left her castle to the cat, who runs it better.',
    picture: 'avatars/knight-woman',
  },
  {
    id: 'knight-man',
    name: 'Sir Errant',
    words: 'Has sworn eleven oaths and keeps a list.',
    picture: 'avatars/knight-man',
  },
  { id: 'bard', name: 'Bard', words: 'Pays in songs wherever that is allowed.', picture: 'avatars/bard' },
  { id: 'ranger', name: 'Ranger', words: 'Was here before you looked.', picture: 'avatars/ranger' },
  {
    id: 'child-hero',
    name: 'Youngest Child',
    words: 'The third of three, and everyone knows how those tales go.',
    picture: 'avatars/child-hero',
  },
  {
    id: 'elder',
    name: 'Elder',
    words: 'Has beaten the forest twice and both times regretted the knee.',
    picture: 'avatars/elder',
  },
  {
    id: 'prince',
    name: 'Prince',
    words: 'Was a frog for a summer and misses the evenings.',
    picture: 'avatars/prince',
  },
  {
    id: 'princess',
    name: 'Princess',
    words: 'Rescued herself on a Monday and stayed for the work.',
    picture: 'avatars/princess',
  },
]
