import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { findReached, type Reach } from './reach.ts'

/** What every engine has somewhere: an ending put to a name, and lists of endings. */
const ENGINE = `export const url = (key, type) => (key ? key + '.' + type : ''); const types = ['png', 'jpg', 'json', 'webp']`

/** How the files are reached. Texts under the name of a file are public, the others were built. */
const ask = (files: string[], texts: Record<string, string>, base = '/'): Record<string, Reach> =>
  Object.fromEntries(findReached({ files, texts: Object.entries(texts).map(([name, text]) => ({ name, text })), base }))
/** The same for one built script. */
const askBy = (files: string[], code: string, base?: string): Record<string, Reach> =>
  ask(files, { 'assets/game.js': code }, base)

test('Phaser: paths given whole, names behind setPath(), keys without a path', () => {
  const files = [
    'assets/img/hero.png',
    'assets/img/orc.png',
    'assets/ui/panel.png',
    'assets/ui/panel.json',
    'raw/hero.png',
    'raw/hero-big.png',
  ]
  const game = `
    this.load.setPath('assets/img'); this.load.image('hero', 'hero.png'); this.load.image('orc')
    this.load.setPath(''); this.load.atlas('panel', 'assets/ui/panel.png', 'assets/ui/panel.json')`
  expect(ask(files, { 'game.js': game, 'engine.js': ENGINE })).toEqual({
    'assets/img/hero.png': 'named',
    'assets/img/orc.png': 'word',
    'assets/ui/panel.png': 'named',
    'assets/ui/panel.json': 'named',
  })
})

test('a name that several folders have is meant where the texts speak of the folder', () => {
  const files = ['img/hero.png', 'source art/hero.png', 'hero.png']
  expect(askBy(files, `load('img/'); load('hero.png')`)).toEqual({ 'img/hero.png': 'named', 'hero.png': 'named' })
  expect(askBy(files, `load('img/'); load('/hero.png')`)).toEqual({ 'hero.png': 'named' })
  expect(askBy(['old/img/hero.png', ...files], `load('old'); load('/play/img/hero.png')`, '/play/')).toEqual({
    'img/hero.png': 'named',
  })
  expect(askBy(files.slice(0, 2), `load('hero.png')`)).toEqual({
    'img/hero.png': 'named',
    'source art/hero.png': 'named',
  })
})

test('what follows something unknown does not begin at the root', () => {
  const files = ['heroes/knight.png', 'sprites/heroes/knight.png']
  expect(Object.keys(askBy(files, "const root = '/sprites'; load(`${root}/heroes/knight.png`)"))).toEqual(files)
  expect(Object.keys(askBy(files, "const root = '/sprites'; load('/heroes/knight.png')"))).toEqual(files.slice(0, 1))
})

test('the folder that is meant may be told by a text that is reached later, or be made of a word and a number', () => {
  const files = ['data.json', 'img/hero.png', 'raw/hero.png', 'world3/hero.png']
  const texts = { 'game.js': `load('data.json'); load('hero.png')`, 'data.json': '{"folder":"img"}' }
  expect(ask(files, texts)).toEqual({ 'data.json': 'named', 'img/hero.png': 'named' })
  expect(askBy(files, `setPath('world' + n); load('hero.png')`)).toEqual({ 'world3/hero.png': 'named' })
})

test('a pattern reaches what words and numbers of the texts make of it, not the leavings beside', () => {
  const wanted = ['tiles/grass_0.png', 'tiles/grass_12.png', 'tiles/lava_1.png']
  const leavings = ['tiles/grass_final_mockup.png', 'tiles/old/grass_0.png', 'art/tiles_overview.png', 'overview.png']
  for (const code of [
    'const kinds = { grass: 13, lava: 2 }; draw(`${base}tiles/${id}_${n}.png`)',
    `const kinds = ['grass', 'lava']; draw(base + 'tiles/' + id + '_' + String(n).padStart(2) + ".png")`,
    `const kinds = { grass: 13, lava: 2 }; draw("".concat(base, "tiles/").concat(id, "_").concat(n, ".png"))`,
    `const kinds = ['grass', 'lava']; const name = id + '_' + n; draw('tiles/' + name + '.png?size=' + w + 'x' + h)`,
    `const kinds = ['grass', 'lava']; load.setPath('tiles'); load.image(id, id + '_' + n + '.png')`,
  ])
    expect(askBy([...wanted, ...leavings], code)).toEqual(Object.fromEntries(wanted.map((file) => [file, 'pattern'])))
})

test('names of several words are made of them, whatever joins them', () => {
  const files = ['npc/goblinKing.png', 'npc/goblin-queen2.png', 'npc/orcqueen.png', 'npc/sketch.png']
  expect(askBy(files, 'const ids = ["goblin", "king", "queen", "orcQueen"]; load(`npc/${id}.png`)')).toEqual(
    Object.fromEntries(files.slice(0, 3).map((file) => [file, 'pattern'])),
  )
})

test('a pattern that the texts cannot fill is filled by a server: all that fit are reached, folders below it are not', () => {
  const files = ['avatars/k3kd.png', 'avatars/zuwu.png', 'avatars/psd/zuwu.png', 'other/zuwu.png']
  expect(askBy(files, 'show(`/avatars/${user.avatar}.png`)')).toEqual({
    'avatars/k3kd.png': 'pattern',
    'avatars/zuwu.png': 'pattern',
  })
})

test('a pattern of holes alone is not filled from elsewhere', () => {
  expect(askBy(['img/zzq_zzr.png', 'img/zzs.png'], "load('img'); load(`${a}_${b}.png`)")).toEqual({})
})

test('a pattern may be written as a URL, with host and base', () => {
  const files = ['img/fire axe_1.png', 'img/fire axe_2.png', 'old/img/fire axe_1.png']
  for (const start of ['https://cdn.test/play/', '/play/', './', 'play/', '${base}'])
    expect(Object.keys(askBy(files, `load(\`${start}img/fire%20axe_\${n}.png\`)`, '/play/'))).toEqual(files.slice(0, 2))
})

test('a folder with anything added to it is explained by the files in it that have a name', () => {
  const leavings = Array.from({ length: 9 }, (_, n) => `assets/zz${'qrstvwxyz'[n]}q.png`)
  const files = ['assets/hero.png', ...leavings]
  expect(Object.keys(askBy(files, `show('assets/' + file); show('hero.png')`))).toEqual(['assets/hero.png'])
  expect(Object.keys(askBy(files, `show('assets/' + file)`))).toEqual(files)
  expect(Object.keys(askBy(files, `show('assets/' + file + '.png'); show('hero.png')`))).toEqual(files)
})

test('what follows a hole is a name, or the end of one', () => {
  const files = ['1.png', 'hero1.png', 'title.png']
  expect(askBy(files, 'const ids = ["hero"]; load(`${id}1.png`); load(`${base}title.png`)')).toEqual({
    '1.png': 'named',
    'hero1.png': 'pattern',
    'title.png': 'named',
  })
})

test('a picture may be called what the data it belongs to is called', () => {
  const files = ['rigs/goblin.json', 'rigs/goblin.png', 'rigs/troll.png']
  expect(askBy(files, `load('rigs/goblin.json'); load(url.replace('.json', '.png'))`)).toEqual({
    'rigs/goblin.json': 'named',
    'rigs/goblin.png': 'word',
  })
})

test('an ending put to any name reaches those whose whole name is a word, not everything', () => {
  const files = [
    'img/goblin.png',
    'img/goblin_old_sketch.png',
    'unheard/goblin.png',
    'img/goblin.jpg',
    'img/mockup.png',
  ]
  const code = `const dir = 'img'; const ids = ['goblin']; const load = (id) => fetch(dir + '/' + id + '.png')`
  expect(askBy(files, code)).toEqual({ 'img/goblin.png': 'word' })
})

test('Pixi: manifests, alternatives in braces, workers', () => {
  const files = ['assets/hero.webp', 'assets/hero.png', 'assets/hero@2x.png', 'assets/bg.jpg', 'assets/hero.psd.png']
  const manifest = `{ bundles: [{ name: 'game', assets: [{ alias: 'hero', src: 'hero{,@2x}.{webp,png}' }] }] }`
  const texts = {
    'assets/main.js': `Assets.init({ basePath: 'assets', manifest: ${manifest} })`,
    'assets/worker.js': `fetch("assets/bg.jpg")`,
  }
  expect(ask(files, texts)).toEqual({
    'assets/hero.webp': 'named',
    'assets/hero.png': 'named',
    'assets/hero@2x.png': 'named',
    'assets/bg.jpg': 'named',
  })
})

test('three.js: the six sides of a cube behind setPath()', () => {
  const sides = ['px', 'nx', 'py', 'ny', 'pz', 'nz']
  const files = [
    ...sides.map((side) => `sky/day/${side}.jpg`),
    ...sides.map((side) => `sky/renders/${side}.jpg`),
    'wood.jpg',
  ]
  const code = `new CubeTextureLoader().setPath('sky/day/').load(['px.jpg', 'nx.jpg', 'py.jpg', 'ny.jpg', 'pz.jpg', 'nz.jpg']); new TextureLoader().load('./wood.jpg')`
  expect(Object.keys(askBy(files, code))).toEqual([...files.slice(0, 6), 'wood.jpg'])
})

test('Babylon: a cube is named by what its sides have in common', () => {
  const files = ['textures/skybox_px.jpg', 'textures/skybox_nz.jpg', 'textures/pano_px.jpg']
  const texts = {
    'game.js': `new CubeTexture('textures/skybox', scene)`,
    'engine.js': `const sides = ['_px.jpg', '_nz.jpg']`,
  }
  expect(ask(files, texts)).toEqual({ 'textures/skybox_px.jpg': 'pattern', 'textures/skybox_nz.jpg': 'pattern' })
})

test('PlayCanvas: a table of assets with their own folders', () => {
  const files = ['config.json', 'files/assets/101/1/hero.png', 'files/assets/102/1/hero.png']
  const config = JSON.stringify({
    assets: { 101: { file: { filename: 'hero.png', url: 'files/assets/101/1/hero.png' } } },
  })
  expect(ask(files, { 'config.json': config, 'game.js': `app.loadFromConfig('config.json')` })).toMatchObject({
    'files/assets/101/1/hero.png': 'named',
  })
})

test('Tiled: a map names its tileset, the tileset its picture, each from its own folder', () => {
  const files = [
    'maps/level1.tmj',
    'maps/tiles/cave.tsx',
    'maps/img/cave.png',
    'img/cave.png',
    'maps/tiles/forest.tsx',
    'maps/img/forest.png',
  ]
  const texts = {
    'game.js': `for (let n = 1; n < 9; n++) load('maps/level' + n + '.tmj')`,
    'maps/level1.tmj': `{"tilesets":[{"firstgid":1,"source":"tiles\\/cave.tsx"}]}`,
    'maps/tiles/cave.tsx': '<tileset name="cave"><image source="../img/cave.png" width="64"/></tileset>',
    'maps/tiles/forest.tsx': '<tileset name="forest"><image source="../img/forest.png" width="64"/></tileset>',
  }
  expect(ask(files, texts)).toMatchObject({
    'maps/level1.tmj': 'pattern',
    'maps/tiles/cave.tsx': 'named',
    'maps/img/cave.png': 'named',
    // Nothing names the tileset, but the game does speak of its folder.
    'maps/img/forest.png': 'word',
  })
  expect(ask(files, texts)).not.toHaveProperty('img/cave.png')
})

test('a picture under another folder than a tool wrote down is reached by its name', () => {
  const files = ['level.json', 'assets/cave.png']
  const texts = {
    'game.js': `load('level.json'); load('assets')`,
    'level.json': `{"image":"..\\\\..\\\\gfx\\\\cave.png"}`,
  }
  expect(ask(files, texts)).toEqual({ 'level.json': 'named', 'assets/cave.png': 'word' })
  // Of several the one whose folder is right as well.
  expect(ask([...files, 'art/gfx/cave.png'], texts)).toEqual({ 'level.json': 'named', 'art/gfx/cave.png': 'named' })
  expect(ask([...files, 'cave.png', 'backup/cave.png'], texts)).toEqual({
    'level.json': 'named',
    'assets/cave.png': 'word',
    'cave.png': 'word',
  })
  expect(askBy(['assets/gfx/cave.png'], `load('myassets/gfx/cave.png')`)).toEqual({ 'assets/gfx/cave.png': 'word' })
})

test.each([
  ['an atlas of TexturePacker', 'ui.json', '{"frames":{"a.png":{"frame":{"x":0}}},"meta":{"image":"page 1.png"}}'],
  [
    'several of its sheets',
    'ui.json',
    '{"textures":[{"image":"page 1.png","frames":[{"filename":"a.png","frame":{"x":0}}]}]}',
  ],
  ['a list of frames that are files', 'ui.json', '{"frames":["page 1.png"]}'],
  [
    'an atlas of Spine',
    'ui.atlas',
    'page 1.png\nsize: 64,64\nfilter: Linear,Linear\nhead\n  rotate: false\n  xy: 2, 2\n',
  ],
  ['a font of BMFont', 'ui.fnt', 'info face="Hiro"\npage id=0 file="page 1.png"\n'],
  ['a model', 'ui.gltf', '{"images":[{"uri":"page%201.png"}]}'],
  ['a page of XML', 'ui.xml', '<pages><page file="page 1.png"/></pages>'],
  ['a table', 'ui.csv', 'id,picture\nx,page 1.png\n'],
  ['YAML', 'ui.yml', 'pages:\n  - page 1.png # the first\n'],
  ['a world of LDtk', 'ui.ldtk', '{"defs":{"tilesets":[{"relPath":"page 1.png"}]}}'],
  ['a style sheet', 'ui.css', `.a { background: url( 'page 1.png' ) }`],
  ['a vector picture', 'ui.svg', '<svg><image href="page%201.png"/></svg>'],
  ['a script', 'ui.js', 'document.write("<img src=\\"page 1.png\\">")'],
])('%s names its pictures, and not the frames that were packed', (_, description, text) => {
  const files = [`data/${description}`, 'data/page 1.png', 'data/a.png', 'data/1.png']
  const texts = { 'game.js': `load('data/${description}')`, 'engine.js': ENGINE, [`data/${description}`]: text }
  expect(ask(files, texts)).toEqual({ [`data/${description}`]: 'named', 'data/page 1.png': 'named' })
})

test('ids in data and the ending in code come together', () => {
  const files = ['data/units.json', 'data/items.csv', 'img/goblin.png', 'img/fire axe.png', 'img/concept.png']
  const texts = {
    'game.js': `load('data/units.json'); load('data/items.csv'); pic = 'img/' + unit.id + '.png'`,
    'data/units.json': '{"units":[{"id":"goblin"}]}',
    'data/items.csv': 'id;name\n7;fire axe\n',
  }
  expect(Object.keys(ask(files, texts))).toEqual(files.slice(0, 4))
})

test('data that a script holds as text is read as data', () => {
  const json = JSON.stringify(Array.from({ length: 20 }, (_, n) => ({ id: `goblin-${n}`, hp: n })))
  expect(
    askBy(['img/goblin-7.png', 'img/concept.png'], `const units = JSON.parse('${json}'); load(\`img/\${id}.png\`)`),
  ).toEqual({
    'img/goblin-7.png': 'pattern',
  })
})

test('pages and styles that were built', () => {
  const files = ['bg.png', 'img/a.png', 'img/b.png', 'og.jpg', 'inline.png', 'ui/c.png', 'x.png']
  const texts = {
    'index.html': `<meta property="og:image" content="https://game.test/play/og.jpg"><img srcset="/play/img/a.png 1x, img/b.png 2x"><script>load('inline' + '.png')</script>`,
    'assets/a.css': `body{background:image-set(url(/play/bg.png) 1x)}i{background:url(ui/c.png)}`,
  }
  expect(ask(files, texts, '/play/')).toEqual(Object.fromEntries(files.slice(0, 6).map((file) => [file, 'named'])))
})

test('what browsers ask for unasked is reached', () => {
  expect(ask(['favicon.ico', 'apple-touch-icon.png', 'img/favicon.ico'], {})).toEqual({
    'favicon.ico': 'named',
    'apple-touch-icon.png': 'named',
  })
})

test.each([
  ['a space as URLs write it', 'hero%201.png'],
  ['a space as it is', 'hero 1.png'],
  ['a query', 'hero 1.png?v=3'],
  ['a dot', './hero 1.png'],
  ['a base', '/play/hero 1.png'],
  ['another host', 'https://cdn.test/play/hero 1.png'],
  ['a backslash', String.raw`img\\..\\hero 1.png`],
  ['an escape', String.raw`hero\x201.png`],
])('a name with %s is the file’s', (_, text) => {
  expect(askBy(['hero 1.png', 'Hero 1.png', 'hero.png', '1.png'], `load("${text}")`, '/play/')).toEqual({
    'hero 1.png': 'named',
  })
})

test('names with percent signs and letters of other alphabets', () => {
  const files = ['50%.png', 'a%20b.png', 'герой.png', 'héros.png']
  expect(askBy(files, `["50%.png", "a%2520b.png", "%D0%B3%D0%B5%D1%80%D0%BE%D0%B9.png", "h\\u00e9ros.png"]`)).toEqual(
    Object.fromEntries(files.map((file) => [file, 'named'])),
  )
})

test('upper and lower case are told apart', () => {
  expect(askBy(['Hero.png', 'hero.PNG', 'hero.png'], `load('hero.PNG')`)).toEqual({ 'hero.PNG': 'named' })
})

test('a picture beside its newer form is what that was made from', () => {
  const files = ['flags/fr.webp', 'flags/fr.png', 'flags/fr.json']
  const code = `const countries = ['fr']; flag(\`flags/\${code}.webp\`); icon(folder + id + '.png')`
  expect(askBy(files, code)).toEqual({ 'flags/fr.webp': 'pattern' })
})

test('descriptions in a folder of which the game never speaks reach nothing', () => {
  const files = ['workfiles/hero.json', 'workfiles/hero-layer1.png', 'img/hero.png']
  const texts = {
    'game.js': `load('img/hero.png')`,
    'engine.js': ENGINE,
    'workfiles/hero.json': '{"layers":["hero-layer1.png"]}',
  }
  expect(ask(files, texts)).toEqual({ 'img/hero.png': 'named' })
})

test('a script that does not parse is still read for names', () => {
  expect(askBy(['hero.png', 'orc.png'], `load("hero.png"; "unended\n load('orc.png')`)).toEqual({
    'hero.png': 'named',
    'orc.png': 'named',
  })
})

test('code that looks like names is none', () => {
  const files = ['a.png', 'length.png']
  expect(askBy(files, `const re = /a\\.png/g; // a.png\n/* "a.png" */ s = "x".length; t = 1 / 2 + "b" / 3`)).toEqual({})
})

test('what Vite makes of a game still tells all of it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-reach-'))
  try {
    await mkdir(path.join(folder, 'data'))
    await writeFile(path.join(folder, 'index.html'), '<script type="module" src="./main.ts"></script>')
    const items = Array.from({ length: 900 }, (_, n) => ({ id: `relic${n}`, weight: n }))
    await writeFile(path.join(folder, 'data/items.json'), JSON.stringify({ items }))
    await writeFile(path.join(folder, 'data/table.csv'), `id,name\n${'wyvern,A wyvern\nhydra,A hydra\n'.repeat(9)}`)
    await writeFile(
      path.join(folder, 'main.ts'),
      `import items from './data/items.json'
       import table from './data/table.csv?raw'
       const BASE = import.meta.env.BASE_URL
       const ASSETS = BASE + 'assets/'
       enum Side { Left = 'left', Right = 'right' }
       const load = (name: string, ...rest: string[]) => Object.assign(new Image(), { src: ASSETS + [name, ...rest].join('/') })
       const worlds = { ice: { tiles: 12 }, fire: { tiles: 9 } }
       for (const [world, { tiles }] of Object.entries(worlds))
         for (let n = 0; n < tiles; n++) load(\`worlds/\${world}/tile\${String(n).padStart(2, '0')}.png\`)
       for (const side of [Side.Left, Side.Right]) load('hero_' + side + '.png')
       for (const { id } of items.items) load(\`relics/\${id}.png\`)
       for (const id of table.split('\\n').slice(1)) load('beasts/' + id.split(',')[0] + '.webp')
       load(Math.random() > 0.5 ? 'title-a.jpg' : 'title-b.jpg')
       new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })`,
    )
    await writeFile(
      path.join(folder, 'worker.ts'),
      `void fetch(\`\${import.meta.env.BASE_URL}assets/noise\${1 + 1}.png\`)`,
    )
    await build({ root: folder, base: '/play/', configFile: false, logLevel: 'silent' })
    const out = path.join(folder, 'dist')
    const built = (await readdir(out, { recursive: true })).filter((file) => /\.(?:js|html)$/.test(file))
    const texts = Object.fromEntries(
      await Promise.all(
        built.map(async (file): Promise<[string, string]> => [file, await readFile(path.join(out, file), 'utf8')]),
      ),
    )
    const wanted = [
      'worlds/ice/tile00.png',
      'worlds/fire/tile08.png',
      'hero_left.png',
      'hero_right.png',
      'relics/relic89.png',
      'beasts/wyvern.webp',
      'title-a.jpg',
      'title-b.jpg',
      'noise2.png',
    ]
    const leavings = [
      'worlds/ice/painting.png',
      'hero_sketch.png',
      'psd/hero_left.png',
      'beasts/kraken.webp',
      'relics/overview.png',
    ]
    const files = [...wanted, ...leavings].map((file) => `assets/${file}`)
    expect(Object.keys(ask(files, texts, '/play/'))).toEqual(wanted.map((file) => `assets/${file}`))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
