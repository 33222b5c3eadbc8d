import { hex } from '../color.ts'
import { mist } from '../land/air.ts'
import { paintRidge } from '../land/ridges.ts'
import { paintSky } from '../land/sky.ts'
import { blank, lay, type Picture } from '../picture.ts'
import { haze, stage } from './stage.ts'

const { width, height } = stage

const moon = { x: 0.405, y: 0.265, radius: 0.026, color: hex('#fff6df') }

/** The lowest layer, opaque: a deep dusk, a moon, stars, thin clouds, the last warmth on the horizon. */
export function villageSky(): Picture {
  return paintSky(width, height, {
    seed: 'village sky',
    horizon: 0.5,
    stops: [
      [0, hex('#0d1130')],
      [0.3, hex('#1d1d4c')],
      [0.55, hex('#3b2c68')],
      [0.75, hex('#744377')],
      [0.9, hex('#c86b66')],
      [1, hex('#f09a5c')],
    ],
    moon,
    stars: 190,
    clouds: { amount: 0.85, dark: hex('#2c2452'), light: hex('#d98d8a') },
    glow: { x: 0.56, width: 0.3, color: hex('#ffbf73'), strength: 0.7 },
  })
}

/** Three chains of mountains, each paler than the one before it. */
export function villageMountains(): Picture {
  const picture = blank(width, height)
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village far',
      top: 0.2,
      foot: 0.56,
      peaks: 5,
      light: hex('#a78fb4'),
      dark: hex('#4c3f78'),
      haze: hex('#b9798a'),
      hazy: 0.62,
      snow: 0.5,
      snowColor: hex('#ffe3cf'),
      gap: 0.25,
    }),
  )
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village middle',
      top: 0.29,
      foot: 0.57,
      peaks: 7,
      light: hex('#7c72a6'),
      dark: hex('#2f2a5a'),
      haze: hex('#7d5a86'),
      hazy: 0.6,
      snow: 0.22,
      snowColor: hex('#e8d8ee'),
      gap: 0.5,
    }),
  )
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village near',
      top: 0.38,
      foot: 0.56,
      peaks: 9,
      light: hex('#4d5a86'),
      dark: hex('#1f2450'),
      haze: hex('#54487c'),
      hazy: 0.62,
    }),
  )
  return mist(picture, { seed: 3, y: 0.5, thick: 0.05, color: haze, amount: 0.75 })
}
