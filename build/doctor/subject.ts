import type { Finding } from './finding.ts'
import type { Folder, Shipped } from './folder.ts'
import type { Loaded } from './graph.ts'

/** What checks look at. */
export interface Subject {
  folder: Folder
  /** What each HTML file loads at start. */
  loads: ReadonlyMap<string, Loaded[]>
  /** Files that a player can come to ask for; those that nothing names are not among them. */
  reached: Shipped[]
  /** Whether the build was firstframe's: the way out is an option then, and the plugin where it was not. */
  byKit: boolean
}

/** One thing that can be wrong. Answers what it found, in any order. */
export type Check = (subject: Subject) => Finding[] | Promise<Finding[]>

/** `art/hero.png`; of several files the folder they share, `art/`, or `.`. */
export function placeOf(files: readonly { name: string }[]): string {
  const [first, ...others] = files.map(({ name }) => name)
  if (first === undefined) return '.'
  if (others.length === 0) return first
  const parts = first.split('/').slice(0, -1)
  while (parts.length > 0 && !others.every((name) => name.startsWith(`${parts.join('/')}/`))) parts.pop()
  return parts.length > 0 ? `${parts.join('/')}/` : '.'
}

/** Names of the largest few, with the folder left out that they share. */
export const namesOf = (files: readonly Shipped[]): string[] =>
  files.toSorted((a, b) => b.bytes - a.bytes).map(({ name }) => name.slice(name.lastIndexOf('/') + 1))

/** The way out: of the plugin's own accord, or, where it is there already, by what is left to do. */
export const wayOut = ({ byKit }: Subject, kit: string, otherwise: string): string =>
  byKit ? otherwise : `Add firstframe() to the plugins of vite.config: ${kit}.`
