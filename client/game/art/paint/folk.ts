import { figure } from './figure.ts'
import type { Picture } from './picture.ts'

/** Who walks about in the village, all facing left, by their code points. */
const codes = {
  goat: '1f410',
  hen: '1f413',
  dog: '1f415',
  walker: '1f6b6',
  neighbour: '1f6b6-200d-2640-fe0f',
} as const

/** A villager's id. */
export type Folk = keyof typeof codes

/** Every villager's id. */
export const folk = Object.keys(codes) as Folk[]

/** A villager in the evening light, on nothing: the ground moves under them. */
export const paintFolk = (id: Folk): Promise<Picture> => figure(codes[id], 192)
