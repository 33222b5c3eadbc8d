import { Loader } from './loader.ts'
import { draw, openQuests, preload } from './village.ts'

const canvas = document.querySelector<HTMLCanvasElement>('#stage')
const stage = canvas?.getContext('2d', { willReadFrequently: true })
if (!canvas || !stage) throw new Error('no canvas')

const load = new Loader()
await preload(load)
canvas.dataset['broken'] = String(draw(load, stage))
canvas.dataset['failed'] = load.failed.join(' ')
canvas.dataset['sound'] = String(load.cache.sounds.get('theme')?.duration ?? 0)
performance.mark('playing')
Object.assign(globalThis, { playing: true })

document.querySelector('#quests')?.addEventListener('click', () => {
  void openQuests(load, stage).then(() => performance.mark('quests'))
})
