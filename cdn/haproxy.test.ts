import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { EXAMPLE, haproxyConfig } from './haproxy.ts'

const FILE = path.join(import.meta.dirname, 'haproxy.cfg')
const isInstalled = spawnSync('haproxy', ['-v']).status === 0

test('the checked-in configuration is what haproxy.ts writes', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(haproxyConfig(EXAMPLE))
})

test('every instance is in both pools', () => {
  const config = haproxyConfig({ bind: ':80', instances: ['10.0.0.1:3000', '10.0.0.2:3000'] })
  expect(config.match(/server game1 10\.0\.0\.1:3000/g)).toHaveLength(2)
  expect(config.match(/server game2 10\.0\.0\.2:3000/g)).toHaveLength(2)
})

test.skipIf(!isInstalled)('HAProxy accepts the configuration without a warning', () => {
  const { status, stdout, stderr } = spawnSync('haproxy', ['-c', '-f', FILE], { encoding: 'utf8' })
  expect(`${stdout}${stderr}`).not.toMatch(/WARNING|ALERT/)
  expect(status).toBe(0)
})
