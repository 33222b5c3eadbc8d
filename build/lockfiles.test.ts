import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

/** Where Node looks for a package that is asked for from a folder: beside it and further up. */
function finds({ packages }: Lock, folder: string, name: string): boolean {
  for (let base = folder; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/'))))
    if (`${base}/node_modules/${name}` in packages) return true
  return `node_modules/${name}` in packages
}

// `npm install` leaves out without a word what a registry does not have; `npm ci` then refuses the lock file.
test.each(['package-lock.json', 'e2e/bench/package-lock.json'])(
  '%s has every package for another platform, and no address of a registry',
  (file) => {
    const text = readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')
    const lock = JSON.parse(text) as Lock
    const missing = Object.entries(lock.packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !finds(lock, folder, name)),
    )
    expect(missing).toEqual([])
    expect(text).not.toContain('"resolved"')
  },
)
