import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readEnv } from './env.ts'

const folder = mkdtempSync(join(tmpdir(), 'env-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = () => join(folder, String(files++), 'session-secrets')

test('every variable has a default; an empty one is not set', () => {
  const expected = {
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: 'sqlite:.data/emberwood.db',
    memcachedServers: [],
    eventsUrl: '',
    assetBase: '',
    requestTimeout: 10,
    balancerLog: null,
    inspectToken: '',
    trustProxy: ['loopback'],
    log: 'text',
    development: true,
  }
  expect(readEnv({}, fresh())).toMatchObject(expected)
  expect(readEnv({ PORT: '', BUS_URL: ' ', INSTANCES: '' }, fresh())).toMatchObject(expected)
})

test('right values are taken', () => {
  expect(
    readEnv({
      PORT: '0',
      HOST: '0.0.0.0',
      DATABASE_URL: 'sqlite::memory:',
      MEMCACHED_SERVERS: '10.0.0.1:11211, cache.example:11211 ,[::1]:21211',
      EVENTS_URL: 'nats://ann:secret@10.0.0.1:4222,nats://10.0.0.2',
      ASSET_BASE: 'https://cdn.example/game/',
      REQUEST_TIMEOUT: '2.5',
      SESSION_SECRETS: 'new-secret-of-length, old-secret-of-length',
      BALANCER_LOG: 'udp://[::1]:5141',
      INSPECT_TOKEN: '0123456789abcdef',
      TRUST_PROXY: '10.0.0.0/8, uniquelocal,fd00::1, 2001:db8::/32',
      INSTANCES: '1',
      LOG: 'json',
    }),
  ).toEqual({
    port: 0,
    host: '0.0.0.0',
    databaseUrl: 'sqlite::memory:',
    memcachedServers: [
      { host: '10.0.0.1', port: 11_211 },
      { host: 'cache.example', port: 11_211 },
      { host: '::1', port: 21_211 },
    ],
    eventsUrl: 'nats://ann:secret@10.0.0.1:4222,nats://10.0.0.2',
    assetBase: 'https://cdn.example/game',
    requestTimeout: 2.5,
    sessionSecrets: ['new-secret-of-length', 'old-secret-of-length'],
    balancerLog: { host: '::1', port: 5141 },
    inspectToken: '0123456789abcdef',
    trustProxy: ['10.0.0.0/8', 'uniquelocal', 'fd00::1', '2001:db8::/32'],
    log: 'json',
    development: false,
  })
})

test.each([
  ['PORT', 'abc', 'PORT is "abc": expected a port from 0 to 65535, for example PORT=3000'],
  ['PORT', '65536', 'PORT is "65536"'],
  ['PORT', '-1', 'PORT is "-1"'],
  ['HOST', 'not a host', 'HOST is "not a host"'],
  [
    'DATABASE_URL',
    'mysql://localhost/game',
    'DATABASE_URL is "mysql://localhost/game": expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE',
  ],
  [
    'DATABASE_URL',
    'postgres://localhost',
    'DATABASE_URL is "postgres://localhost": expected sqlite:PATH or postgres://',
  ],
  ['ASSET_BASE', 'cdn.example', 'ASSET_BASE is "cdn.example": expected an http or https URL'],
  ['REQUEST_TIMEOUT', '0', 'REQUEST_TIMEOUT is "0": expected seconds'],
  ['REQUEST_TIMEOUT', '1e3', 'REQUEST_TIMEOUT is "1e3"'],
  ['TRUST_PROXY', 'balancer', 'TRUST_PROXY is "balancer": expected addresses or networks, separated by commas'],
  ['TRUST_PROXY', '10.0.0.0/33', 'TRUST_PROXY is "10.0.0.0/33"'],
  ['TRUST_PROXY', '10.0.0.1,', 'TRUST_PROXY is "10.0.0.1,"'],
  ['TRUST_PROXY', 'true', 'TRUST_PROXY is "true"'],
  ['LOG', 'verbose', 'LOG is "verbose": expected text, for people, or json, for machines'],
  ['INSTANCES', 'auto', 'INSTANCES is "auto": expected 1'],
  ['MEMCACHED_SERVERS', 'cache:0', 'MEMCACHED_SERVERS is "cache:0": expected host:port, several separated by commas'],
  ['MEMCACHED_SERVERS', 'cache:99999', 'MEMCACHED_SERVERS is "cache:99999"'],
  ['MEMCACHED_SERVERS', 'a:1,,b:2', 'MEMCACHED_SERVERS is "a:1,,b:2"'],
  ['MEMCACHED_SERVERS', 'memcached://cache', 'MEMCACHED_SERVERS is "memcached://cache"'],
  ['BALANCER_LOG', '127.0.0.1:5141', 'BALANCER_LOG is "127.0.0.1:5141": expected udp://host:port'],
  ['BALANCER_LOG', 'udp://127.0.0.1:99999', 'BALANCER_LOG is "udp://127.0.0.1:99999"'],
  ['MEMCACHED_SERVERS', 'cache', 'MEMCACHED_SERVERS is "cache"'],
  ['MEMCACHED_SERVERS', 'a:1, a:1', 'MEMCACHED_SERVERS is "a:1, a:1"'],
  ['BUS_URL', 'nats://localhost', 'unset BUS_URL'],
  ['EVENTS_URL', 'localhost:4222', 'EVENTS_URL is "localhost:4222": expected nats://USER:PASSWORD@HOST:PORT'],
  ['EVENTS_URL', 'nats://a/events', 'EVENTS_URL is "nats://a/events": expected nats://'],
  ['EVENTS_URL', 'nats://a,http://b', 'EVENTS_URL is "nats://a,http:'],
])('%s=%s is refused in a line', (name, value, words) => {
  expect(() => readEnv({ [name]: value }, fresh())).toThrow(words)
})

test('wrong secrets and tokens are refused and not shown', () => {
  expect(() => readEnv({ SESSION_SECRETS: 'hunter2', INSPECT_TOKEN: 'hunter3' })).toThrow(
    /^SESSION_SECRETS is "…": [^\n]+\nINSPECT_TOKEN is "…": [^\n]+$/,
  )
})

test.each([
  ['DATABASE_URL', 'postgres://ann:hunter2/@db/game', 'postgres://ann:…@db/game'],
  ['DATABASE_URL', 'mysql://ann:hunter2@db/game?password=hunter2', 'mysql://ann:…@db/game?password=…'],
  ['ASSET_BASE', 'ftp://ann:hunter2@cdn.example', 'ftp://ann:…@cdn.example'],
  ['EVENTS_URL', 'http://ann:hunter2@nats', 'http://ann:…@nats'],
])('a password in %s is not shown: %s', (name, value, shown) => {
  expect(() => readEnv({ [name]: value }, fresh())).toThrow(`${name} is "${shown}": expected`)
})

test.each(['postgres://ann:secret@db:5432/game', 'postgresql://db/game?max=4', 'sqlite:game.db'])(
  'DATABASE_URL=%s is taken',
  (databaseUrl) => {
    expect(readEnv({ DATABASE_URL: databaseUrl }, fresh())).toMatchObject({ databaseUrl })
  },
)

test('in production the log is for machines, unless LOG says otherwise', () => {
  expect(readEnv({ NODE_ENV: 'production' }, fresh()).log).toBe('json')
  expect(readEnv({ NODE_ENV: 'production', LOG: 'text' }, fresh()).log).toBe('text')
})

test('all wrong ones are told at once, a line each', () => {
  expect(() => readEnv({ PORT: 'x', HOST: '?', BUS_URL: 'nats://x' })).toThrow(/^[^\n]+\n[^\n]+\n[^\n]+$/)
})

test('secrets that nobody set are made once, kept, and readable by their owner alone', () => {
  const file = fresh()
  const { sessionSecrets } = readEnv({}, file)
  expect(sessionSecrets[0]).toMatch(/^[\w-]{43}$/)
  expect(readFileSync(file, 'utf8')).toBe(`${sessionSecrets[0]}\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readEnv({}, file).sessionSecrets).toEqual(sessionSecrets)
  expect(readEnv({ NODE_ENV: 'production' }, file).development).toBe(false)
})

test('a spoiled file of secrets is told, not replaced', () => {
  const file = join(folder, 'spoiled')
  writeFileSync(file, 'short')
  expect(() => readEnv({}, file)).toThrow('holds no secrets of at least 16 characters: delete it')
})
