import { expect } from '@playwright/test'
import { OTHERS, startEngine } from '../engines/engine.ts'
import type { Tab } from '../engines/tab.ts'
import { type Site, test } from '../kit.ts'
import { readStored, serve } from './host.ts'

async function open(tab: Tab, site: Site): Promise<void> {
  await tab.go(site.url)
  await expect.poll(() => tab.read(`document.documentElement.dataset.ready`)).toBe('')
}

const tell = (tab: Tab, mission: string) => tab.read(`void events.track('mission', { mission: '${mission}' })`)

for (const name of OTHERS)
  test(`${name}: what is told stands in the table once, without a line by the next page, and right before the tab is closed`, async ({
    site,
  }) => {
    const { names, table } = serve(site)
    await using engine = await startEngine(name)
    const tab = await engine.open()
    await open(tab, site)
    await tell(tab, 'a')
    await expect.poll(names).toEqual(['a'])
    const stored = () => tab.read(`(${readStored.toString()})()`)
    await expect.poll(stored).toEqual([])
    await site.close()
    await tell(tab, 'b')
    await expect.poll(stored).toEqual(['b'])
    await tab.go('about:blank')
    await site.open()
    await open(tab, site)
    await expect.poll(names).toEqual(['a', 'b'])
    await expect.poll(stored).toEqual([])
    await tell(tab, 'c')
    await tab.close()
    await expect.poll(names).toEqual(['a', 'b', 'c'])
    expect([...table.values()].every(({ owner }) => owner === 'ann')).toBe(true)
  })
