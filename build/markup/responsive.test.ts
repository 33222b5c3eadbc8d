import { expect, test } from 'vitest'
import { lookup } from './fixture.ts'
import { responsiveImages, type Surroundings } from './responsive.ts'
import { parseHtml, tagsOf } from './tags.ts'

const page = (body: string, head = ''): string =>
  `<!doctype html><html><head><meta charset="utf-8">${head}</head><body>${body}</body></html>`

/** What became of the page's only `<img>`, and the text of the rules that came with it. */
function improved(
  body: string,
  around: Surroundings = {},
  head = '',
): { html: string; img: Record<string, string>; style: string } {
  const html = responsiveImages(page(body, head), lookup, around)
  const [img] = tagsOf(parseHtml(html), 'img')
  return { html, img: img?.attribs ?? {}, style: /<style>@layer ff\{(.*?)\}<\/style>/.exec(html)?.[1] ?? '' }
}

test('an <img> gets its encodings, its size and its colour, and nothing else changes', () => {
  const { html, img } = improved(`<p>before</p><img src="/a-960x480.jpg" alt='1 > "0"' ><p>after`)
  expect(img).toMatchObject({ width: '960', height: '480', alt: '1 > "0"' })
  const sizes = 'sizes="960px"'
  expect(html).toContain(
    `<p>before</p><picture data-ff>` +
      `<source data-ff type="image/avif" srcset="/a-960x480-480.avif 480w, /a-960x480-960.avif 960w" ${sizes}>` +
      `<source data-ff type="image/webp" srcset="/a-960x480-480.webp 480w, /a-960x480-960.webp 960w" ${sizes}>` +
      `<img src="/a-960x480.jpg" alt='1 > "0"' width="960" height="480" data-ff="h c14821e" ></picture><p>after`,
  )
})

test('a picture that nobody knows is left as it is', () => {
  const html = page('<img src="https://other.test/a.png"><img><img src=unknown.png />')
  expect(responsiveImages(html, lookup)).toBe(html)
})

test('the rules stand in the lowest layer, before the author’s own styles', () => {
  const { html, style } = improved(
    '<img src="a-960x480.png">',
    {},
    '<noscript><link rel=stylesheet href=n.css></noscript><style>img{}</style>',
  )
  expect(html).toContain(`</noscript><style>@layer ff{${style}}</style><style>img{}</style>`)
  expect(style).toContain('picture[data-ff]{display:contents!important}')
})

test.for([
  ['at the end of the head', page('<p></p><img src="a-9x9.png">'), '</style></head>'],
  [
    'before the body where the head is implied',
    '<!doctype html><meta charset="utf-8"><title>x</title><p><img src="a-9x9.png">',
    '</style><p>',
  ],
] as const)('without styles in the page they stand %s', ([, html, after]) => {
  expect(responsiveImages(html, lookup)).toContain(`<style>@layer ff{`)
  expect(responsiveImages(html, lookup)).toContain(after)
})

test('sources never take a place in a flex or grid container', () => {
  expect(improved('<img src="a-960x480.png">').style).toContain('source[data-ff]{display:none!important}')
})

test('a height that is added for the shape does not fix the height', () => {
  const { img, style } = improved('<img src="a-960x480.png" width="200">')
  expect(img).toMatchObject({ width: '200', height: '100', 'data-ff': 'h' })
  expect(style).toContain('[data-ff~=h]{height:auto}')
})

test('sizes that the author gives stay', () => {
  expect(improved('<img src="a-960x480.png" width=50 height=60>').img).toMatchObject({ width: '50', height: '60' })
  expect(improved('<img src="a-960x480.png" width="50%">').img['height']).toBeUndefined()
})

test.for([
  ['a height', 'img{height:40px}'],
  ['a height of a class', '.logo{max-height:10vh}'],
  ['a width that is its own', 'img{width:max-content}'],
  ['a border', 'img{border:1px solid}'],
  ['a flex container around it', 'p{display:flex}'],
] as const)('where %s decides its size, one width serves and the attributes say nothing of it', ([, css]) => {
  const { html, img, style } = improved('<p><img class="logo" src="a-960x480.png"></p>', { css })
  expect(img).toMatchObject({ width: '960', 'data-ff': 'w h' })
  expect(style).toContain('[data-ff~=w]{width:auto}')
  expect(html).toContain('srcset="a-960x480-960.avif"')
})

test.for([
  ['px that certainly hold', 'img{width:300px}', '', '300px'],
  ['px under a condition', '@media (width<1px){img{width:300px}}', '', '(max-width: 960px) 100vw, 960px'],
  ['px of a state', 'img:hover{width:300px}', '', '(max-width: 960px) 100vw, 960px'],
  ['a part of what holds it', 'img{width:50%}', '', '(max-width: 960px) 100vw, 960px'],
  ['no more than what holds it', 'img{max-width:100%}', '', '(max-width: 960px) 100vw, 960px'],
  ['its attribute', '', 'width="200"', '200px'],
  ['the author’s sizes', '', 'sizes="10vw"', '10vw'],
  ['being lazy', '', 'loading="lazy"', 'auto, 960px'],
] as const)('sizes follow from %s', ([, css, attributes, sizes]) => {
  expect(improved(`<img src="a-960x480.png" ${attributes}>`, { css }).html).toContain(`sizes="${sizes}"><img`)
})

test('a lazy picture keeps the room that it would take, and is decoded beside', () => {
  const { img, style } = improved('<img src="a-960x480.png" loading="lazy">')
  expect(img).toMatchObject({ sizes: 'auto, 960px', decoding: 'async' })
  expect(style).toContain('[data-ff~=s960x480]{contain-intrinsic-size:960px 480px}')
  expect(improved('<img src="a-960x480.png">').img['decoding']).toBeUndefined()
})

test.for([
  'p > img{color:red}',
  '.note > *{color:red}',
  'p{> img{color:red}}',
  ':is(p) > img{color:red}',
  'img + b{color:red}',
  'i ~ img{color:red}',
  '* + *{color:red}',
  'img:first-child{color:red}',
  ':not(:last-child){color:red}',
  'p:has(> img){color:red}',
  'p:has(img + b){color:red}',
  'picture{color:red}',
])('no <picture> comes around it where a stylesheet says %s', (css) => {
  const { html, img } = improved('<p class="note"><i></i><img src="a-960x480.png"><b></b></p>', { css })
  expect(html).not.toContain('<picture')
  expect(img['srcset']).toContain('a-960x480-960.webp')
})

test('a first child will have sources before it', () => {
  expect(improved('<p><img src="a-960x480.png"></p>', { css: '* + *{margin:1em}' }).html).not.toContain('<picture')
})

test.for(['b > img{}', 'b{> img{}}', 'b{& img{}}', 'p > b{}', 'i + b{}', 'b:first-child{}', 'img:hover{}', 'p img{}'])(
  '%s does not mind a <picture>',
  (css) => {
    expect(improved('<p><i></i><img src="a-960x480.png"><b></b></p>', { css }).html).toContain('<picture data-ff>')
  },
)

test('a stylesheet that cannot be read makes it careful, not silent', () => {
  const { html, img } = improved('<img src="a-960x480.png">', { css: 'a{' })
  expect(html).not.toContain('<picture')
  expect(img).toEqual({ src: 'a-960x480.png', srcset: 'a-960x480-960.webp' })
})

test('where the page’s policy forbids styles, none are added', () => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`
  const { html, img } = improved('<img src="a-960x480.png">', {}, policy)
  expect(html).not.toContain('<style')
  expect(img['width']).toBeUndefined()
  const open = policy.replace(`'self'`, `'self'; style-src 'self' 'unsafe-inline'`)
  expect(improved('<img src="a-960x480.png">', {}, open).img['width']).toBe('960')
})

test('attributes that a selector asks for are not added', () => {
  const html = page('<img src="a-960x480.png">')
  expect(responsiveImages(html, lookup, { css: 'img:not([width]){color:red}' })).toBe(html)
})

test.for([
  ['by its id', 'document.getElementById("hero").src="b.png"'],
  ['by its class', 'for(const e of document.querySelectorAll(".portrait"))e.src=f'],
  ['as any picture', 'document.querySelector("main img").src=g'],
  ['by its data', 'x.dataset.place'],
] as const)(
  'a picture that a script finds %s gets its shape only: a srcset would hide what the script shows',
  ([, script]) => {
    const body = '<img id="hero" class="portrait" data-place="1" src="a-960x480.jpg">'
    const { html, img } = improved(body, { scripts: [script] })
    expect(html).not.toContain('srcset')
    expect(img).toMatchObject({ width: '960', height: '480', 'data-ff': 'w h' })
    expect(improved(body, { scripts: ['console.log("heroic")'] }).html).toContain('srcset')
  },
)

test.for([`<script>hero("#hero")</script>`, `<button onclick="hero.src='b.png'">`])(
  'scripts in the page count: %s',
  (script) => {
    expect(improved(`<img id="hero" src="a-960x480.png">${script}`).html).not.toContain('srcset')
  },
)

test('what a script takes over tag by tag keeps its tags', () => {
  const body = '<div id="root"><img src="a-960x480.png"></div>'
  const scripts = ['hydrateRoot(document.getElementById("root"))']
  expect(improved(body, { scripts }).html).not.toContain('<picture')
  expect(improved(body, { scripts: ['createRoot(document.getElementById("root"))'] }).html).toContain('<picture')
})

test.for(['object-fit:contain', 'padding:4px', 'background:red'])(
  'no colour stands behind a picture with %s',
  (rule) => {
    expect(improved('<img src="a-960x480.jpg">', { css: `img{${rule}}` }).style).not.toContain('background-color')
  },
)

test('no colour stands behind a picture with alpha', () => {
  const clear: typeof lookup = (url) => {
    const found = lookup(url)
    return found && { ...found, alpha: true }
  }
  expect(responsiveImages(page('<img src="a-960x480.jpg">'), clear)).not.toContain('background-color')
})

test('a srcset is completed: the same set in better types', () => {
  const { html, img } = improved('<img src="a-100x50.png" srcset="a-100x50.png 1x, b-200x100.png 2x">')
  expect(html).toContain('<source data-ff type="image/avif" srcset="a-100x50-100.avif 1x, b-200x100-200.avif 2x">')
  expect(img['srcset']).toBe('a-100x50.png 1x, b-200x100.png 2x')
})

test('a set of which one picture has no encoding stays', () => {
  const { html } = improved('<img src="a-100x50.png" srcset="a-100x50.png 1x, unknown.png 2x">')
  expect(html).not.toContain('<source')
})

test('a <picture> is completed: better sources before each of its own, for the same media', () => {
  const { html } = improved(
    '<picture><source media="(width>9px)" srcset="wide-800x100.png" ><img src="a-100x50.png"></picture>',
  )
  expect(html).toContain(
    '<picture><source data-ff type="image/avif" srcset="wide-800x100-800.avif" media="(width>9px)">' +
      '<source data-ff type="image/webp" srcset="wide-800x100-800.webp" media="(width>9px)">' +
      '<source media="(width>9px)" srcset="wide-800x100.png" >' +
      '<source data-ff type="image/avif" srcset="a-100x50-100.avif">',
  )
})

test('behind a source that every browser takes, nothing is added', () => {
  const html =
    '<picture><source type="image/webp" srcset="mine.webp"><source srcset="b-100x50.png"><img src="a-100x50.png"></picture>'
  expect(improved(html).html.match(/<source/g)).toHaveLength(2)
})

test('what a source offers to every screen is not offered again', () => {
  const avif = '<picture><source type="image/avif" srcset="mine.avif"><img src="a-100x50.png"></picture>'
  expect(improved(avif).html.match(/type="[^"]*"/g)).toEqual(['type="image/avif"', 'type="image/webp"'])
  const two = '<picture><source srcset="a-100x50.png"><source srcset="b-100x50.png"><img src="c-100x50.png"></picture>'
  expect(improved(two).html.match(/srcset="[ab]/g)).toEqual(['srcset="a', 'srcset="a', 'srcset="a', 'srcset="b'])
})

test('neighbours’ tags are not mixed up', () => {
  const html = responsiveImages(page('<img src="a-9x9.png"><img src="b-9x9.png">'), lookup)
  expect(html.replaceAll(/<(source|img)[^>]*>/g, '<$1>')).toContain(
    '<body><picture data-ff><source><source><img></picture><picture data-ff><source><source><img></picture></body>',
  )
})

test('a preload asks for what the <img> will choose', () => {
  const head = '<link rel="preload" as="image" href="a-960x480.jpg">'
  expect(improved('<img src="a-960x480.jpg">', {}, head).html).toContain(
    '<link rel="preload" as="image" href="a-960x480-960.avif" type="image/avif" imagesrcset="a-960x480-480.avif 480w, a-960x480-960.avif 960w" imagesizes="960px">',
  )
  expect(responsiveImages(page('<img src="b-9x9.jpg">', head), lookup)).toContain(head)
})

test('icons, and what stands in comments and scripts, stay', () => {
  const rest = '<link rel="icon" href="a-9x9.png"><!-- <img src="a-9x9.png"> --><script>"<img src=a-9x9.png>"</script>'
  expect(responsiveImages(page('<img src="b-9x9.png">', rest), lookup)).toContain(rest)
})
