import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname } from 'node:path'
import { DATABASE_URL_EXPECTED, maskPasswords, parseDatabaseUrl } from './store/url.ts'

/** Everything that is set from outside. */
export interface Env {
  /** Where to listen; port 0 takes a free one. */
  port: number
  host: string
  /** `sqlite:PATH` or `postgres://…`. */
  databaseUrl: string
  /** Where memcached listens, one or several; none: the cache is in the process. */
  memcachedServers: readonly { host: string; port: number }[]
  /** Where NATS with JetStream listens, `nats://…` or `tls://…`, several of one cluster separated by commas; `''`: events go straight into the database. */
  eventsUrl: string
  /** The CDN's URL, without a slash at its end; `''` for the page's own origin. */
  assetBase: string
  /** Seconds until a request is answered with 503. */
  requestTimeout: number
  /** The first signs sessions, all verify. */
  sessionSecrets: readonly string[]
  /** Opens `/__…__` elsewhere than on loopback in development; `''` opens it nowhere else. */
  inspectToken: string
  /**
   * Whose word on the caller's address and protocol (`X-Forwarded-…`) is taken: addresses, networks as `10.0.0.0/8`, or the names `loopback`,
   * `linklocal`, `uniquelocal`.
   */
  trustProxy: readonly string[]
  /** How the log is written: `text` for people, `json` for machines. */
  log: 'text' | 'json'
  /** Where the load balancer's log is received, by UDP; null: nowhere. Each instance has a port of its own. */
  balancerLog: { host: string; port: number } | null
  /** A developer's own machine: `NODE_ENV` is not `production`, and only loopback is listened on. */
  development: boolean
}

/** Wrong variables, all of them, one line each. */
export class EnvError extends Error {
  override readonly name = 'EnvError'
}

/** Where secrets are kept that nobody set. */
export const SECRETS_FILE = '.data/session-secrets'

/**
 * Reads every variable there is, with its default.
 *
 * @param source as `process.env`; an empty text counts as not set.
 * @param secretsFile where session secrets are kept that are not set; made at the first start, readable by its owner alone.
 * @throws EnvError with a line for each wrong one: what arrived, what was expected, an example.
 */
export function readEnv(source: Readonly<Record<string, string | undefined>>, secretsFile = SECRETS_FILE): Env {
  const wrong: string[] = []

  const read = <T>(name: string, fallback: T, parse: (text: string) => T | null, expected: string): T => {
    const text = source[name]?.trim()
    if (!text) return fallback
    const value = parse(text)
    if (value !== null) return value
    const isSecret = name.includes('SECRET') || name.includes('TOKEN')
    wrong.push(`${name} is "${isSecret ? '…' : maskPasswords(text).slice(0, 80)}": expected ${expected}`)
    return fallback
  }

  for (const [name, { allowed, later }] of Object.entries(NOT_YET)) {
    const text = source[name]?.trim()
    if (text && text !== allowed) wrong.push(`${name} is "${maskPasswords(text).slice(0, 80)}": ${later}`)
  }

  const env = {
    port: read('PORT', 3000, integer(0, 65_535), 'a port from 0 to 65535, for example PORT=3000'),
    host: read('HOST', '127.0.0.1', match(/^[\w.:-]+$/), 'a host name or address, for example HOST=0.0.0.0'),
    databaseUrl: read('DATABASE_URL', 'sqlite:.data/emberwood.db', databaseUrl, DATABASE_URL_EXPECTED),
    memcachedServers: read(
      'MEMCACHED_SERVERS',
      [],
      addresses,
      'host:port, several separated by commas and each once, for example MEMCACHED_SERVERS=10.0.0.1:11211,10.0.0.2:11211',
    ),
    eventsUrl: read(
      'EVENTS_URL',
      '',
      natsUrls,
      'nats://USER:PASSWORD@HOST:PORT (or tls://…), several of one cluster separated by commas, for example EVENTS_URL=nats://10.0.0.1:4222',
    ),
    assetBase: read('ASSET_BASE', '', url, 'an http or https URL, for example ASSET_BASE=https://cdn.example.com'),
    requestTimeout: read('REQUEST_TIMEOUT', 10, seconds, 'seconds from 0.1 to 600, for example REQUEST_TIMEOUT=10'),
    sessionSecrets: read<string[] | null>(
      'SESSION_SECRETS',
      null,
      secrets,
      'texts of at least 16 characters, separated by commas, the newest first, for example what `openssl rand -hex 32` prints',
    ),
    trustProxy: read(
      'TRUST_PROXY',
      ['loopback'],
      proxies,
      'addresses or networks, separated by commas, for example TRUST_PROXY=10.0.0.0/8 (or loopback, linklocal, uniquelocal)',
    ),
    balancerLog: read(
      'BALANCER_LOG',
      null,
      datagrams,
      "udp://host:port, an address of this machine that the load balancer's log is sent to, for example BALANCER_LOG=udp://127.0.0.1:5141",
    ),
    inspectToken: read(
      'INSPECT_TOKEN',
      '',
      match(/^[!-~]{16,}$/),
      'at least 16 characters without spaces, for example what `openssl rand -hex 16` prints',
    ),
  }
  const production = source['NODE_ENV'] === 'production'
  const log = read(
    'LOG',
    production ? 'json' : 'text',
    (text) => (text === 'text' || text === 'json' ? text : null),
    'text, for people, or json, for machines (the default is json where NODE_ENV is production), for example LOG=json',
  )
  if (wrong.length > 0) throw new EnvError(wrong.join('\n'))
  return {
    ...env,
    sessionSecrets: env.sessionSecrets ?? keptSecrets(secretsFile),
    log,
    development: !production && /^(?:localhost|127\.|::1$)/.test(env.host),
  }
}

/** Variables of services that this release does not have yet: ignoring them would look like using them. */
const NOT_YET: Readonly<Record<string, { allowed?: string; later: string }>> = {
  BUS_URL: { later: 'this release passes live messages in its own process; unset BUS_URL' },
  INSTANCES: {
    allowed: '1',
    later:
      'expected 1, several processes under one command need a shared bus, which this release does not have; set INSTANCES=1',
  },
}

const databaseUrl = (text: string) => (parseDatabaseUrl(text) ? text : null)

const match = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null)

const integer = (least: number, most: number) => (text: string) =>
  /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null

const seconds = (text: string) => {
  const value = /^(\d+(?:\.\d+)?) ?s?$/.exec(text)?.[1]
  return value !== undefined && Number(value) >= 0.1 && Number(value) <= 600 ? Number(value) : null
}

const url = (text: string) => {
  const parsed = URL.parse(text)
  return parsed && /^https?:$/.test(parsed.protocol) && !parsed.search && !parsed.hash
    ? parsed.href.replace(/\/+$/, '')
    : null
}

const addresses = (text: string) => {
  const list = text.split(',').map((address) => {
    const [, bracketed, plain, port] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(address.trim()) ?? []
    return { host: bracketed ?? plain ?? '', port: Number(port) }
  })
  const once = new Set(list.map(({ host, port }) => `${host}:${port}`)).size === list.length
  return once && list.every(({ port }) => port > 0 && port <= 65_535) ? list : null
}

const natsUrls = (text: string) => {
  const list = text.split(',').map((one) => URL.parse(one.trim()))
  const isNats = (one: URL | null) =>
    one !== null &&
    /^(?:nats|tls):$/.test(one.protocol) &&
    one.host !== '' &&
    /^\/?$/.test(one.pathname) &&
    !one.search &&
    !one.hash
  return list.every(isNats) ? text : null
}

const datagrams = (text: string) => {
  const [, bracketed, plain, port] = /^udp:\/\/(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? []
  return port !== undefined && Number(port) <= 65_535 ? { host: bracketed ?? plain ?? '', port: Number(port) } : null
}

const proxies = (text: string) => {
  const list = text.split(',').map((proxy) => proxy.trim())
  return list.every((proxy) => /^(?:loopback|linklocal|uniquelocal)$/.test(proxy) || isNetwork(proxy)) ? list : null
}

/** An address, with or without a prefix in bits. */
function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/')
  const version = isIP(address)
  return version !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

const secrets = (text: string) => {
  const list = text.split(',').map((secret) => secret.trim())
  return list.every((secret) => secret.length >= 16) ? list : null
}

function keptSecrets(file: string): string[] {
  try {
    const kept = secrets(readFileSync(file, 'utf8').trim().replaceAll('\n', ','))
    if (kept) return kept
    throw new EnvError(
      `${file} holds no secrets of at least 16 characters: delete it (all players' sessions end) or set SESSION_SECRETS`,
    )
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  const made = randomBytes(32).toString('base64url')
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    // Another process starting now was faster: its secret is the one.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return keptSecrets(file)
    throw new EnvError(
      `${file} cannot be written (${String(error)}): let this user write there, or set SESSION_SECRETS`,
      { cause: error },
    )
  }
  return [made]
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
