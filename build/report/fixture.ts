import type { BuildReport, PictureRow } from './data.ts'

/** A picture of a hundred kilobytes that became twenty, but for what is given. */
export const picture = (given: Partial<PictureRow> = {}): PictureRow => ({
  name: 'art/hero.png',
  source: '/game/public/art/hero.png',
  kind: 'art',
  why: 'many colours',
  reach: 'named',
  width: 640,
  height: 480,
  alpha: false,
  before: 100_000,
  after: 20_000,
  type: 'image/avif',
  file: 'assets/art/hero-4f1c2a9b.avif',
  score: 91.2,
  pending: false,
  encodings: [],
  encodes: 3,
  ...given,
})

/** A small build, but for what is given. */
export const build = (given: Partial<BuildReport> = {}): BuildReport => ({
  outDir: '/game/dist',
  sourceRoot: '/game',
  release: '2e376c2bf339',
  seconds: 3.2,
  spans: [{ what: 'pictures', ms: 2100 }],
  encodes: 3,
  pictures: [picture()],
  files: [
    { path: 'index.html', bytes: 5000, br: 2000, group: 'documents' },
    { path: 'assets/game-0a1b2c3d.js', bytes: 90_000, zst: 31_000, br: 30_000, gz: 33_000, group: 'scripts' },
    { path: 'assets/game-0a1b2c3d.css', bytes: 9000, br: 3000, group: 'styles' },
    { path: 'art/hero.png', bytes: 100_000, group: 'pictures' },
    { path: 'assets/art/hero-4f1c2a9b.avif', bytes: 20_000, group: 'pictures' },
  ],
  documents: {
    'index.html': {
      blocking: ['assets/game-0a1b2c3d.css'],
      preloads: [{ file: 'assets/game-0a1b2c3d.js', as: 'script' }],
    },
  },
  findings: [],
  ...given,
})
