import { defineConfig } from 'vite'
import { firstframe, type ImageFormat } from '../build/index.ts'

const PNG: ImageFormat[] = ['png']

/** Emberwood, built by firstframe. */
export default defineConfig({
  root: import.meta.dirname,
  // The server's pages carry the map.
  build: { outDir: '../dist/client', chunkImportMap: true },
  plugins: firstframe({
    entries: ['game/main.ts', 'game/styles/*.css'],
    critical: ['game/styles/!(game).css'],
    images: {
      root: 'game/art',
      rules: [
        {
          match: 'scenes/village-*',
          widths: [800, 1200, 1600, 2400],
          // An upright phone sees the middle of the scene, and all of its height.
          cuts: { tall: { aspect: 4 / 5, x: 0.466, widths: [480, 720, 1080] } },
        },
        { match: 'scenes/*', widths: [480, 800, 1200, 1600, 2400] },
        { match: 'missions/*', widths: [320, 480, 640, 960] },
        { match: 'items/*', widths: [72, 144, 216] },
        { match: '{monsters,buildings}/*', widths: [128, 256, 384, 512] },
        { match: 'avatars/*', widths: [48, 96, 192, 384] },
        // A phone's home screen and its app list take png only.
        { match: 'icons/app', widths: [64, 192, 512], formats: PNG },
        { match: 'icons/*', widths: [24, 48, 72, 96] },
      ],
    },
    worker: 'worker/main.ts',
    maps: '../maps',
    app: {
      name: 'Emberwood',
      short_name: 'Emberwood',
      description: 'A village at the edge of a dark forest: push it back, a few minutes at a time.',
      start_url: '/',
      background_color: '#10132a',
      theme_color: '#10132a',
      icon: 'icons/app',
    },
  }),
})
