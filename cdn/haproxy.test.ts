import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { EXAMPLE, haproxyConfig } from './haproxy.ts'

const FILE = path.join(import.meta.dirname, 'haproxy.cfg')
const isInstalled = spawnSync('haproxy', ['-v']).status === 0

test('the checked-in configuration is what haproxy.ts writes', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(haproxyConfig(EXAMPLE))
})

test('every instance is in both pools', () => {
  const config = haproxyConfig({
    bind: ':80',
    instances: ['10.0.0.1:3000', '10.0.0.2:3000'],
    logs: ['10.0.0.1:5140', '10.0.0.2:5140'],
  })
  expect(config.match(/server game1 10\.0\.0\.1:3000/g)).toHaveLength(2)
  expect(config.match(/server game2 10\.0\.0\.2:3000/g)).toHaveLength(2)
  expect(config.match(/^ {4}log .*$/gm)).toEqual([
    '    log stdout format raw local0',
    '    log 10.0.0.1:5140 format raw local0',
    '    log 10.0.0.2:5140 format raw local0',
    '    log global',
  ])
})

test.skipIf(!isInstalled)('HAProxy accepts the configuration without a warning', () => {
  const { status, stdout, stderr } = spawnSync('haproxy', ['-c', '-f', FILE], { encoding: 'utf8' })
  expect(`${stdout}${stderr}`).not.toMatch(/WARNING|ALERT/)
  expect(status).toBe(0)
})

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

test.skipIf(!isInstalled)('what a client says of its way here and its id is not passed on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'firstframe-haproxy-'))
  const instance = createServer((req, res) => res.end(JSON.stringify(req.headers)))
  const free = createServer()
  const bind = `127.0.0.1:${await listen(free)}`
  await new Promise((resolve) => {
    free.close(resolve)
  })
  const file = path.join(folder, 'haproxy.cfg')
  const config = haproxyConfig({ bind, instances: [`127.0.0.1:${await listen(instance)}`], logs: [] })
  // So many need more open files than a test may have.
  writeFileSync(file, config.replace('maxconn 20000', 'maxconn 100'))
  const balancer = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  const forged = {
    'X-Forwarded-For': '6.6.6.6',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'evil.example',
    Forwarded: 'for=6.6.6.6',
    'X-Request-Id': 'forged',
    Host: 'game.example',
  }
  const ask = (): Promise<IncomingHttpHeaders> =>
    new Promise((resolve, reject) => {
      get(`http://${bind}`, { headers: forged }, (res) => {
        let text = ''
        res.on('data', (part) => (text += String(part)))
        res.on('end', () => resolve(JSON.parse(text) as IncomingHttpHeaders))
      }).on('error', reject)
    })
  try {
    await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ host: 'game.example' })
    const seen = await ask()
    expect(seen).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'game.example',
      'x-request-id': expect.stringMatching(/^[\dA-F:_]+$/) as string,
    })
    expect(seen).not.toHaveProperty('forwarded')
  } finally {
    balancer.kill('SIGKILL')
    instance.close()
    instance.closeAllConnections()
    rmSync(folder, { recursive: true })
  }
})
