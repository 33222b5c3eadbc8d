import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Engine } from './engine.ts'
import type { Scopes } from './scope.ts'
import { BUSY_TIMEOUT, createSqliteDialect, isBusy } from './sqlitedriver.ts'

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY, https://sqlite.org/rescode.html */
const DUPLICATE = new Set([2067, 1555])

/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: their first byte, the rest says which of these. */
const UNAVAILABLE = new Set([8, 10, 13, 14])

/**
 * Opens or makes the file at `path`; `:memory:` is one that goes when it is closed.
 *
 * @param named how an error begins: which setting is wrong.
 * @throws in one line when it cannot be opened.
 */
export function openSqlite(named: string, path: string, scopes: Scopes): Engine {
  // Two connections have to see one database, which SQLite's own :memory: cannot give with WAL: a file that goes when it is closed.
  const folder = path === ':memory:' ? mkdtempSync(join(tmpdir(), 'firstframe-')) : null
  const file = folder ? join(folder, 'memory.db') : resolve(path)
  const { writer, reader } = open(named, file)
  return {
    kysely: createSqliteDialect({ writer, reader, scopes }),
    isDuplicate: (error) => error instanceof Error && 'errcode' in error && DUPLICATE.has(error.errcode as number),
    isContended: isBusy,
    isUnavailable: (error) =>
      error instanceof Error && 'errcode' in error && UNAVAILABLE.has((error.errcode as number) & 0xff),
    explain: (error) => error,
    pools: () => [],
    close() {
      if (reader.isOpen) reader.close()
      if (writer.isOpen) writer.close()
      if (folder) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function open(named: string, file: string): { writer: DatabaseSync; reader: DatabaseSync } {
  const opened: DatabaseSync[] = []
  try {
    mkdirSync(dirname(file), { recursive: true })
    for (const pragmas of ['', 'PRAGMA query_only = ON']) {
      const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT })
      opened.push(connection)
      connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; ${pragmas}`)
    }
    const [writer, reader] = opened
    if (!writer || !reader) throw new Error('unreachable: two connections were opened')
    // The driver waits for the lock itself, without holding up the event loop.
    writer.exec('PRAGMA busy_timeout = 0')
    return { writer, reader }
  } catch (error) {
    for (const connection of opened) connection.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `${named}: ${file} cannot be opened (${reason}); expected an SQLite file, or a new one in a folder this user may write`,
      { cause: error },
    )
  }
}
