/** Where a database is, as `DATABASE_URL` says it. */
export type DatabasePlace =
  /** `path` as written; `:memory:` is one that goes when it is closed. */
  { dialect: 'sqlite'; path: string } | { dialect: 'postgres'; url: URL }

/** What a `DATABASE_URL` looks like, for the errors about others. */
export const DATABASE_URL_EXPECTED =
  'sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE (special characters percent-encoded), for example sqlite:.data/game.db'

/** Reads a `DATABASE_URL`; null where it is none. */
export function parseDatabaseUrl(text: string): DatabasePlace | null {
  const path = /^sqlite:(.+)$/.exec(text)?.[1]
  if (path !== undefined) return { dialect: 'sqlite', path }
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol) || url.pathname.length < 2 || !isEncoded(url)) return null
  return { dialect: 'postgres', url }
}

function isEncoded({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(username + password + pathname)
    return true
  } catch {
    return false
  }
}

/** The text with every password in it replaced by `…`, also where it is no valid URL, as when a password holds an unencoded `/`. */
export function maskPasswords(text: string): string {
  const isPort = String.raw`\d{1,5}(?:[/?#]|$)`
  return text
    .replace(/^(\w+:\/\/[^:/?#@]*):.*@/s, '$1:…@')
    .replace(new RegExp(String.raw`^(\w+:\/\/[^:/?#@[]*):(?!…@|${isPort})[^/?#]*`), '$1:…')
    .replace(/([?&](?:ssl)?password=)[^&#]*/gi, '$1…')
}
