import { expect, test } from '@playwright/test'
import { FIRSTFRAME, type Project } from '../../games/project.ts'
import { manifestOf, openSite, play } from './play.ts'

// Files named as people name them.

const NAMES = [
  'hero 1.png',
  '100%.png',
  '%20.png',
  'größe.png',
  '英雄.png',
  "o'clock.png",
  'a#b?c.png',
  'a&b.png',
  'x+y.png',
]

/** Gives the game a folder of pictures with these names, and asks for each by a template string. */
async function addPictures({ put, take }: Project): Promise<void> {
  const picture = await take('static/img/heroes/elf.png')
  for (const name of NAMES) await put(`static/img/named/${name}`, picture)
  const ask = `
for (const name of ${JSON.stringify(NAMES)}) {
  const image = new Image()
  image.src = \`img/named/\${encodeURIComponent(name)}\`
  image.decode().then(() => document.body.dataset.named = Number(document.body.dataset.named ?? 0) + 1)
}
`
  await put('src/main.js', `${(await take('src/main.js')).toString()}${ask}`)
}

test('names with spaces, percent signs and letters of other scripts are answered with smaller pictures', async ({
  page,
}) => {
  test.setTimeout(180_000)
  await using site = await openSite('workers', { added: FIRSTFRAME, prepare: (project) => addPictures(project) })
  await play(page, site)
  await expect(page.locator('body')).toHaveAttribute('data-named', String(NAMES.length))
  const { answers } = await manifestOf(site)
  for (const name of NAMES) {
    const served = site.host.served.find(({ path }) => path === `img/named/${encodeURIComponent(name)}`)
    expect.soft(answers[`img/named/${name}`]?.instead.length, name).toBeGreaterThan(0)
    expect.soft(served?.type, name).toMatch(/^image\/(?:webp|avif)$/)
  }
})
