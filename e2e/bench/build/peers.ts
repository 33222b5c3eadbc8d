/**
 * What a careful developer adds today, each at the settings that serve a first visit best: pictures quantised and recompressed as far as it
 * does not show, data and pixel art kept out of it; scripts precompressed; a service worker that precaches the shell alone and keeps what was
 * asked for, since precaching every picture would take the line from the game.
 */
export const PEERS = `
import { VitePWA } from 'vite-plugin-pwa'
import { ViteImageOptimizer } from 'vite-plugin-image-optimizer'
import { compression } from 'vite-plugin-compression2'

const jpeg = { quality: 80, mozjpeg: true }
export const plugins = [
  ViteImageOptimizer({
    logStats: false,
    exclude: /_(?:height|normal|matcap)\\.|-pixel\\./,
    png: { quality: 80, compressionLevel: 9, effort: 10 },
    jpeg,
    jpg: jpeg,
  }),
  VitePWA({
    registerType: 'autoUpdate',
    manifest: false,
    workbox: {
      runtimeCaching: [
        {
          urlPattern: /\\.(?:png|jpg|json|wav|mp3|ttf)(?:\\?.*)?$/,
          handler: 'CacheFirst',
          options: { cacheName: 'game', matchOptions: { ignoreSearch: true } },
        },
      ],
    },
  }),
  compression({ algorithms: ['gzip', 'brotliCompress'] }),
]
`
