import { expect, test } from 'vitest'
import { createAssets } from './assets.ts'
import { MANIFEST } from './fixture.ts'

const assets = createAssets(MANIFEST, '')

test('names lead to URLs of this origin, or of the CDN', () => {
  expect(assets.script('game/main.ts')).toEqual({ src: '/assets/main-1.js', preloads: ['/assets/queue-1.js'] })
  expect(assets.style('game/styles/game.css')).toEqual({ href: '/assets/game-1.css', fonts: [] })
  const cdn = createAssets(MANIFEST, 'https://cdn.example/')
  expect(cdn.file('game/art/fonts/grenze.woff2')).toBe('https://cdn.example/assets/grenze-1.woff2')
  expect(cdn.style('game/styles/frame.css')).toEqual({
    href: 'https://cdn.example/assets/frame-1.css',
    inline: '@font-face{src:url(https://cdn.example/assets/grenze-1.woff2)}',
    fonts: ['https://cdn.example/assets/grenze-1.woff2'],
  })
  expect(cdn.image('icons/coin', { alt: '' }).text).not.toContain('"/assets')
})

test('an import map names files where the page finds them, on the CDN as well, and cannot end its script', () => {
  const importMap = { 'assets/queue-k.js': 'assets/queue-1.js', 'assets/<.js': 'assets/a-1.js' }
  expect(JSON.parse(createAssets({ ...MANIFEST, importMap }, '').importMap)).toMatchObject({
    imports: { '/assets/queue-k.js': '/assets/queue-1.js' },
  })
  const cdn = createAssets({ ...MANIFEST, importMap }, 'https://cdn.example')
  expect(cdn.importMap).toContain('"https://cdn.example/assets/queue-k.js":"https://cdn.example/assets/queue-1.js"')
  expect(cdn.importMap).not.toContain('<')
  expect(assets.importMap).toBe('')
})

test('a picture has every format and width, its size, and its words', () => {
  expect(
    assets.image('scenes/village', { alt: 'A "village"', class: 'scene', priority: 'high', sizes: '50vw' }).text,
  ).toBe(
    '<picture><source type="image/avif" sizes="50vw" srcset="/assets/village-400.avif 400w, /assets/village-800.avif 800w">' +
      '<source type="image/webp" sizes="50vw" srcset="/assets/village-400.webp 400w, /assets/village-800.webp 800w">' +
      '<img class="p-2a2350 scene" decoding="async" fetchpriority="high" width="1200" height="800" alt="A &quot;village&quot;" sizes="50vw" ' +
      'srcset="/assets/village-400.png 400w, /assets/village-800.png 800w" src="/assets/village-800.png"></picture>',
  )
})

test('another picture stands in where the medium asks, before all others', () => {
  const instead = { media: '(max-width: 899px)', image: 'icons/coin', sizes: '87vh' }
  const { text } = assets.image('scenes/village', { alt: '', instead })
  const [first, ...more] = text.split('<source ').slice(1)
  expect(first).toMatch(/^type="image\/\w+" media="\(max-width: 899px\)" sizes="87vh" srcset="\/assets\/coin-/)
  expect(more.at(-1)).not.toContain('media=')
  expect(text).toMatch(/<img .*srcset="\/assets\/village-/)
})

test('a width scales the height with it, and says how wide the picture is shown', () => {
  const { text } = assets.image('icons/coin', { alt: '', width: 40, lazy: true })
  expect(text).toContain('width="40" height="27"')
  expect(text).toContain('sizes="40px"')
  expect(text).toContain(' loading="lazy"')
  expect(text).not.toContain('class=')
})

test('a preload names the best format alone', () => {
  expect(assets.preloadImage('scenes/village', '100vw').text).toBe(
    '<link rel="preload" as="image" type="image/avif" imagesrcset="/assets/village-400.avif 400w, /assets/village-800.avif 800w" imagesizes="100vw" fetchpriority="high">',
  )
})

test('one URL is of the format that all read, and wide enough', () => {
  expect(assets.imageUrl('icons/coin', 300)).toBe('/assets/coin-400.png')
  expect(assets.imageUrl('icons/coin', 401)).toBe('/assets/coin-800.png')
  expect(assets.imageUrl('icons/coin')).toBe('/assets/coin-800.png')
})

test('placeholder rules are those of the pictures in the markup, each once', () => {
  const { text } = assets.image('scenes/village', { alt: '' })
  expect(assets.placeholderRules(text + text)).toBe('.p-2a2350{background:#2a2350}')
  expect(assets.placeholderRules(assets.image('icons/coin', { alt: '' }).text)).toBe('')
})

test('an unknown name throws with the closest there is', () => {
  expect(() => assets.image('scene/vilage', { alt: '' })).toThrow(
    'manifest.json has no picture "scene/vilage": did you mean "scenes/village"?',
  )
  expect(() => assets.script('game/styles/game.css')).toThrow('has no script')
})

test('a manifest of another format is refused', () => {
  expect(() => createAssets({ ...MANIFEST, format: 1 as 2 }, '')).toThrow('format 1 arrived, 2 was expected')
})
