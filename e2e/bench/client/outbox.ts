import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'
import { pageOf, pageScript, script, type Site, startSite, workerScript } from '../../kit/kit.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { type Figure, summarise } from '../figure.ts'
import { door } from '../kit.ts'

const root = path.join(import.meta.dirname, '../../..')
const ACTIONS = 500
const KILLS = 20
const ROUNDS = 3
/** The last actions have a line to themselves for so long. Ms. */
const PATIENCE = 60_000
const OWNER = 'player'

/** Five hundred actions on a line that comes and goes, in tabs that are killed twenty times: how many the database has once. */
export async function* outboxFigures(say: (line: string) => void): AsyncGenerator<Figure> {
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const values: number[] = []
  for (let round = 0; round < ROUNDS; round++) values.push(await replay(browser, say))
  yield summarise({
    name: 'outbox-replay',
    unit: 'actions',
    versus: `${ACTIONS} done over ${KILLS} tab kills, applied exactly once in SQLite`,
    values,
  })
}

async function replay(browser: Browser, say: (line: string) => void): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-outbox-'))
  const site = await startSite()
  const books = await openBooks(path.join(folder, 'play.db'))
  try {
    return await play(browser, site, books, say)
  } finally {
    await site.close()
    await books.close()
    await rm(folder, { recursive: true })
  }
}

/** The kit's own store and ledger; each application leaves a row, so that one too many is seen. */
async function openBooks(file: string) {
  interface Row {
    id: string
    version: number
    key: string
    name: string
  }
  interface Session {
    transaction<T>(
      work: (tx: {
        once<Answer>(key: string, owner: string, work: () => Promise<Answer>): Promise<{ repeated: boolean }>
        insert(entity: object, row: Row): Promise<Row>
      }) => Promise<T>,
    ): Promise<T>
  }
  interface Database {
    kysely: {
      selectFrom(table: string): { selectAll(): { orderBy(column: string): { execute(): Promise<Row[]> } } }
    }
    close(): Promise<void>
  }
  const { openDatabase } = await door<{ openDatabase: (url: string) => Database }>('server/database')
  const { createStore } = await door<{ createStore: (options: object) => { session(): Session } }>('server/store')
  const { createLocalCache } = await door<{ createLocalCache: () => object }>('server/cache/local')
  const { defineEntity } = await door<{ defineEntity: (options: object) => object }>('server/entities')
  const { migrate } = await door<{ migrate: (database: Database, migrations: object) => Promise<unknown> }>(
    'server/migrate',
  )
  // The ledger's table has no door.
  const { storeMigrations } = (await import(pathToFileURL(path.join(root, 'server/store/ledger.ts')).href)) as {
    storeMigrations: object
  }
  const database = openDatabase(`sqlite:${file}`)
  await migrate(database, { ...storeMigrations, '0001-applied': { up: createTable } })
  const store = createStore({ database, cache: createLocalCache() })
  const applied = defineEntity({
    name: 'applied',
    table: 'applied',
    schema: 1,
    columns: { id: 'id', version: 'version', key: 'key', name: 'name' },
  })
  let number = 0
  return {
    /** Applies an action by the ledger. */
    act: (key: string, name: string) =>
      store.session().transaction((tx) =>
        tx.once(key, OWNER, async () => {
          const id = String(++number).padStart(6, '0')
          await tx.insert(applied, { id, version: 1, key, name })
          return id
        }),
      ),
    /** What was applied, in order. */
    rows: () => database.kysely.selectFrom('applied').selectAll().orderBy('id').execute(),
    close: () => database.close(),
  }
}
type Books = Awaited<ReturnType<typeof openBooks>>

interface Table {
  schema: { createTable(name: string): Table['schema']; addColumn(name: string, type: string): Table['schema'] } & {
    execute(): Promise<void>
  }
}
const createTable = (db: Table) =>
  db.schema
    .createTable('applied')
    .addColumn('id', 'text')
    .addColumn('version', 'integer')
    .addColumn('key', 'text')
    .addColumn('name', 'text')
    .execute()

/** How the line is at the moment: whole, dead, or losing answers. */
type Line = 'up' | 'down' | 'deaf'

async function play(browser: Browser, site: Site, books: Books, say: (line: string) => void): Promise<number> {
  let line: Line = 'up'
  await serve(site, books, () => line)
  await using context = await browser.newContext()
  const done = new Set<string>()
  let doubtful = 0
  let kills = 0
  let ups = 0
  let seen = 0
  const changing = new AbortController()
  const weather = (async () => {
    const lines: Line[] = ['up', 'down', 'deaf', 'down']
    for (let n = 0; !changing.signal.aborted; n++) {
      line = lines[n % lines.length] ?? 'up'
      if (line === 'up') ups++
      await wait(100 + Math.random() * 300)
    }
    line = 'up'
  })()

  let page = await open(context, site)
  for (let n = 0; done.size < ACTIONS; n++) {
    const name = `action ${n}`
    const isLast = done.size >= ((kills + 1) * ACTIONS) / (KILLS + 1)
    const tap = act(page, name)
    if (isLast && kills < KILLS) {
      // In the middle of it, or of what it sets off.
      await wait(Math.random() * 30)
      await kill(page, kills++)
      page = await open(context, site)
    }
    if (await tap) done.add(name)
    else doubtful++
    // As the browser says it.
    if (ups !== seen) await page.evaluate(() => dispatchEvent(new Event('online')))
    seen = ups
    await wait(Math.random() * 20)
  }
  changing.abort()
  await weather
  const before = await books.rows()
  say(
    `${done.size} actions done, ${doubtful} cut off before the next frame, ${kills} tabs killed, ${ups} times a line; ${before.length} applied so far`,
  )
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await settled(page)
  const rows = await books.rows()
  const times = Map.groupBy(rows, ({ name }) => name)
  const inOrder = rows.filter(({ name }, at) => at === 0 || numberOf(name) > numberOf(rows[at - 1]?.name ?? '')).length
  const twice = [...times.values()].filter((all) => all.length > 1).length
  say(`${twice} applied twice; ${inOrder} of ${rows.length} came after the one done before`)
  return [...done].filter((name) => times.get(name)?.length === 1).length
}

const numberOf = (name: string) => Number(name.replace('action ', ''))

async function serve(site: Site, books: Books, line: () => Line) {
  const page = await pageScript(`
    import { startFragments } from 'client/runtime/fragments.ts'
    import { startOutbox } from 'client/runtime/outbox.ts'
    import { registerWorker } from 'client/runtime/worker.ts'
    registerWorker('/worker.js')
    const fragments = startFragments()
    fragments.outbox = await startOutbox(fragments)
    document.documentElement.dataset.ready = ''
  `)
  const worker = await workerScript({ release: 'bench', shell: [{ file: 'assets/page-1.js', bytes: 1 }] })
  const main =
    '<form method="post"><input type="hidden" name="key" value="k"><input name="name"><button>Act</button></form>'
  site.handle(async (asked) => {
    if (asked.path === '/worker.js') return script(worker)
    if (asked.path === '/assets/page-1.js') return script(page)
    if (asked.path !== '/') return undefined
    const show = (notice = '') => pageOf(asked, { hud: `<b>${OWNER}</b>`, main, notice }, { src: '/assets/page-1.js' })
    // A tab opens whatever the line is like: the worker's copies are not what is measured.
    if (asked.method !== 'POST') return show()
    if (line() === 'down') return { cut: true }
    await books.act(asked.body.get('key') ?? '', asked.body.get('name') ?? '')
    return line() === 'up' ? show('Done.') : { cut: true }
  })
}

async function open(context: BrowserContext, site: Site): Promise<Page> {
  const page = await context.newPage()
  await page.goto(site.url)
  await page.locator('html[data-ready]').waitFor()
  return page
}

/** One tap. @returns whether the player has seen it: a tab that is killed before the next frame has shown nothing, and may have stored nothing. */
const act = (page: Page, name: string): Promise<boolean> =>
  page
    .evaluate(async (name) => {
      const field = document.querySelector<HTMLInputElement>('[name=name]')
      if (field) field.value = name
      document.querySelector('button')?.click()
      for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
      return true
    }, name)
    .catch(() => false)

/** Its process ends at once, in two of three cases; in the third it is closed. */
async function kill(page: Page, number: number): Promise<void> {
  if (number % 3 === 0) return page.close()
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // Nobody is left to answer.
  session.send('Page.crash').catch(() => {})
  await crashed
}

/** Until nothing is left in the outbox. @throws where something is, after {@link PATIENCE}. */
async function settled(page: Page): Promise<void> {
  for (const end = performance.now() + PATIENCE; ; await wait(250)) {
    const left = await page.evaluate(countLeft)
    if (left === 0) return
    if (performance.now() > end) throw new Error(`outbox-replay: ${left} actions are still in the outbox`)
  }
}

/** Runs in the page. */
async function countLeft(): Promise<number> {
  const opening = indexedDB.open('firstframe', 1)
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const counting = opening.result.transaction('outbox').objectStore('outbox').count()
  await new Promise((resolve) => counting.addEventListener('success', resolve))
  opening.result.close()
  return counting.result
}
