import { expect, type Page } from '@playwright/test'
import * as fc from 'fast-check'
import { pageScript, script, test, CSP, type Site } from '../kit.ts'

// morph() by itself, in a page under the real policy: `become(html)` makes what stands in #main what `html` says.

declare const become: (html: string) => void
/** Elements by name, to see whether they are still the same. */
declare const known: Map<string, Element>

const SCRIPT = pageScript(`
import { morph } from 'client/runtime/morph.ts'
import { parseHTML } from 'client/runtime/trusted.ts'
const parse = (html) => parseHTML('<main id="main">' + html + '</main>').getElementById('main')
const main = document.getElementById('main')
globalThis.known = new Map()
globalThis.set = (html) => main.replaceChildren(...document.importNode(parse(html), true).childNodes)
globalThis.become = (html) => morph(main, parse(html))
globalThis.check = (before, after) => {
  set(before)
  morph(main, parse(after))
  return main.isEqualNode(parse(after)) ? undefined : main.innerHTML
}
`)

async function open(page: Page, site: Site, html: string): Promise<void> {
  const code = await SCRIPT
  const style =
    '.spin{animation:spin 60s linear infinite}@keyframes spin{to{rotate:1turn}}.box{height:40px;overflow:auto}'
  site.handle(({ path }) => {
    if (path === '/page.js') return script(code)
    if (path === '/page.css') return { type: 'text/css', body: style }
    return {
      headers: { 'Content-Security-Policy': CSP },
      body: `<!doctype html><html lang="en"><title>morph</title><link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script><body><main id="main">${html}</main>`,
    }
  })
  await page.goto(site.url)
  await page.waitForFunction(() => 'become' in globalThis)
}
const change = (page: Page, html: string) => page.evaluate((to) => become(to), html)
const html = (page: Page) => page.locator('#main').evaluate((main) => main.innerHTML)

/** Remembers the elements that `selector` finds, in their order, by their text. */
const remember = (page: Page, selector: string) =>
  page.evaluate((which) => {
    for (const one of document.querySelectorAll(which)) known.set(one.textContent, one)
  }, selector)
/** For each text whether the element that says it now is the one that said it then. */
const same = (page: Page, selector: string) =>
  page.evaluate(
    (which) =>
      Object.fromEntries(
        Array.from(document.querySelectorAll(which), (one) => [one.textContent, known.get(one.textContent) === one]),
      ),
    selector,
  )

const rows = (...names: string[]) => names.map((name) => `<li>${name}</li>`).join('\n')
const keyed = (...names: string[]) => names.map((name) => `<li id="k${name}">${name}</li>`).join('\n')

for (const [what, list] of Object.entries({ 'with ids': keyed, 'without ids': rows })) {
  test(`a row put in front of a list ${what} leaves the others the elements they were`, async ({ page, site }) => {
    await open(page, site, `<ul>${list('a', 'b', 'c')}</ul>`)
    await remember(page, 'li')
    await change(page, `<ul>${list('n', 'a', 'b', 'c')}</ul>`)
    expect(await same(page, 'li')).toEqual({ n: false, a: true, b: true, c: true })
  })

  test(`a list ${what} that is turned round moves its elements and changes none into another`, async ({
    page,
    site,
  }) => {
    await open(page, site, `<ul>${list('a', 'b', 'c', 'd')}</ul>`)
    await remember(page, 'li')
    await change(page, `<ul>${list('d', 'c', 'b', 'a')}</ul>`)
    expect(await same(page, 'li')).toEqual({ a: true, b: true, c: true, d: true })
    expect(await page.locator('li').allTextContents()).toEqual(['d', 'c', 'b', 'a'])
  })
}

test('as few elements as possible are moved: one that goes to the end is the only one', async ({ page, site }) => {
  await open(page, site, `<ul>${keyed('a', 'b', 'c', 'd', 'e')}</ul>`)
  const moved = await page.evaluate(
    async (to) => {
      const records: MutationRecord[] = []
      const observer = new MutationObserver((list) => void records.push(...list))
      observer.observe(document.body, { childList: true, subtree: true })
      become(to)
      records.push(...observer.takeRecords())
      const elements = records
        .flatMap(({ removedNodes }) => Array.from(removedNodes))
        .filter((one) => one instanceof Element)
      return [...new Set(elements.map((one) => one.textContent))]
    },
    `<ul>${keyed('b', 'c', 'd', 'e', 'a')}</ul>`,
  )
  expect(moved).toEqual(['a'])
})

test('what is known by an id moves to another parent, and takes what it is with it', async ({ page, site }) => {
  await open(page, site, '<div id="one"><p id="x">x</p></div><div id="two"></div>')
  await remember(page, '#x')
  await change(page, '<div id="one"></div><div id="two"><section><p id="x">x</p></section></div>')
  expect(await same(page, '#x')).toEqual({ x: true })
  expect(await html(page)).toBe('<div id="one"></div><div id="two"><section><p id="x">x</p></section></div>')
})

test('an element may move into one that stood in it', async ({ page, site }) => {
  await open(page, site, '<div id="a">a<div id="b">b</div></div>')
  await change(page, '<div id="b">b<div id="a">a</div></div>')
  expect(await html(page)).toBe('<div id="b">b<div id="a">a</div></div>')
})

test('a container without an id is known by the ids in it', async ({ page, site }) => {
  const form = (id: string) => `<form><label>${id}<input id="${id}"></label></form>`
  await open(page, site, form('a') + form('b'))
  await page.fill('#b', 'typed')
  await page.evaluate(() => known.set('b', document.querySelectorAll('form')[1] as Element))
  await change(page, form('n') + form('b') + form('a'))
  expect(await page.inputValue('#b')).toBe('typed')
  expect(await page.evaluate(() => known.get('b') === document.querySelectorAll('form')[1])).toBe(true)
})

test('focus, selection and what was typed outlive a move', async ({ page, site }) => {
  await open(page, site, '<input id="name"><p id="p">words</p><p id="q">more</p>')
  await page.fill('#name', 'Ember')
  await page.locator('#name').evaluate((input: HTMLInputElement) => input.setSelectionRange(1, 3))
  await change(page, '<p id="q">more</p><p id="p">words</p><input id="name">')
  const state = await page.evaluate(() => {
    const input = document.activeElement as HTMLInputElement
    return [input.id, input.value, input.selectionStart, input.selectionEnd]
  })
  expect(state).toEqual(['name', 'Ember', 1, 3])
})

test('an animation plays on, and an inner scroller stays where it is, when rows come in front of them', async ({
  page,
  site,
}) => {
  const box = '<div class="box"><p>1</p><p>2</p><p>3</p><p>4</p><p>5</p></div><b class="spin">turning</b>'
  await open(page, site, box)
  await page.evaluate(() => {
    const scroller = document.querySelector('.box') as HTMLElement
    scroller.scrollTop = 30
    const [animation] = document.getAnimations()
    if (animation) animation.currentTime = 20_000
  })
  await change(page, `<h1>new</h1><p>news</p>${box}`)
  const [top, time] = await page.evaluate(() => [
    document.querySelector('.box')?.scrollTop,
    Number(document.getAnimations()[0]?.currentTime),
  ])
  expect(top).toBe(30)
  expect(time).toBeGreaterThanOrEqual(20_000)
})

test('a field shows what the server changed, and keeps what was typed where it changed nothing', async ({
  page,
  site,
}) => {
  const fields = (value: string, more = '') =>
    `<input id="a" value="${value}"><input id="b" value="same"><input id="t" type="checkbox" ${more}><textarea id="c">${value}</textarea><textarea id="d">same</textarea><select id="s"><option>x</option><option ${more && 'selected'}>y</option></select><p>${value}</p>`
  await open(page, site, fields('one'))
  for (const id of ['a', 'b', 'c', 'd']) await page.fill(`#${id}`, 'typed')
  await change(page, fields('two', 'checked'))
  const values = await page.evaluate(() =>
    ['a', 'b', 'c', 'd', 's'].map((id) => (document.getElementById(id) as HTMLInputElement).value),
  )
  expect(values).toEqual(['two', 'typed', 'two', 'typed', 'y'])
  expect(await page.isChecked('#t')).toBe(true)
  await page.uncheck('#t')
  await page.selectOption('#s', 'x')
  await change(page, fields('three', 'checked'))
  expect(await page.isChecked('#t')).toBe(false)
  expect(await page.inputValue('#s')).toBe('x')
})

test('what was typed into one field never appears in another of a different name', async ({ page, site }) => {
  await open(page, site, '<form><input name="hero"></form>')
  await page.fill('input', 'typed')
  await change(page, '<form><input name="code"></form>')
  expect(await page.inputValue('input')).toBe('')
})

test('what a person opened stays open, and what is kept stays whatever the server says', async ({ page, site }) => {
  await open(page, site, '<details><summary>s</summary>old</details><div data-keep class="mine">mine</div><p>p</p>')
  await page.click('summary')
  await change(page, '<details><summary>s</summary>new</details><p>q</p>')
  expect(await html(page)).toBe(
    '<details open=""><summary>s</summary>new</details><div data-keep="" class="mine">mine</div><p>q</p>',
  )
})

test('a template has what the server wants, and SVG keeps its own names', async ({ page, site }) => {
  const both = (n: number) =>
    `<template><b>${n}</b></template><svg viewBox="0 0 ${n} 9"><use xlink:href="#u${n}"></use><circle r="${n}"></circle></svg>`
  await open(page, site, both(1))
  await change(page, both(2))
  expect(await page.evaluate(() => document.querySelector('template')?.innerHTML)).toBe('<b>2</b>')
  expect(
    await page.evaluate(() => document.querySelector('use')?.getAttributeNS('http://www.w3.org/1999/xlink', 'href')),
  ).toBe('#u2')
  expect(await page.evaluate(() => document.querySelector('circle')?.namespaceURI)).toBe('http://www.w3.org/2000/svg')
})

/** A few elements, ids among them that both trees may have, in any order and depth. */
const tree = fc.letrec<{ node: string; tree: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'b', ' ', 'long words', '<!--c-->', '<br>', '<input value="1">', '<input id="i9" value="2">'),
    fc
      .tuple(
        fc.constantFrom('p', 'div', 'ul', 'section', 'b'),
        fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
        fc.constantFrom('', ' class="x"', ' class="y" title="t"'),
        tie('tree'),
      )
      .map(([name, id, more, inner]) => `<${name}${id === undefined ? '' : ` id="i${id}"`}${more}>${inner}</${name}>`),
  ),
  tree: fc.array(tie('node'), { maxLength: 6 }).map((nodes) => nodes.join('')),
}))

test('whatever stood there, what stands there then is what the server wants', async ({ page, site }) => {
  await open(page, site, '')
  const pairs = fc.sample(fc.tuple(tree.tree, tree.tree), { numRuns: 3000, seed: 20_261_125 })
  const wrong = await page.evaluate((all) => {
    const { check } = globalThis as unknown as { check: (before: string, after: string) => string | undefined }
    return all.flatMap(([before, after]) => {
      const got = check(before, after)
      return got === undefined ? [] : [{ before, after, got }]
    })
  }, pairs)
  expect(
    wrong
      .toSorted((one, other) => one.before.length + one.after.length - other.before.length - other.after.length)
      .slice(0, 3),
  ).toEqual([])
})
