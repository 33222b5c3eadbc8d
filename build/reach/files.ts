/** A public file, in the parts that texts name it by. */
export interface PublicFile {
  path: string
  /** From the root on. */
  folders: string[]
  /** `hero 1.png` */
  name: string
  /** `hero 1` */
  stem: string
  /** `png`, lower case; empty where there is none. */
  ending: string
}

export interface FileIndex {
  all: PublicFile[]
  byPath: Map<string, PublicFile>
  byName: Map<string, PublicFile[]>
  /** By name and the folder it is in: `img/hero.png`, whatever comes before. */
  byEnd: Map<string, PublicFile[]>
  byEnding: Map<string, PublicFile[]>
  /** Finds the end of a name in a text: one of the endings that the files have. */
  endings: RegExp
  /** Every folder's own name. */
  folders: Set<string>
}

export function indexFiles(paths: string[]): FileIndex {
  const all = paths.map((path): PublicFile => {
    const folders = path.split('/')
    const name = folders.pop() ?? ''
    const dot = name.lastIndexOf('.')
    const ending = dot < 0 ? '' : name.slice(dot + 1).toLowerCase()
    return { path, folders, name, stem: dot < 0 ? name : name.slice(0, dot), ending }
  })
  const byEnding = Map.groupBy(all, ({ ending }) => ending)
  // Longest first: `.js` would end in the midst of `.json`.
  const endings = [...byEnding.keys()].filter(Boolean).sort((a, b) => b.length - a.length)
  return {
    all,
    byPath: new Map(all.map((file) => [file.path, file])),
    byName: Map.groupBy(all, ({ name }) => name.normalize()),
    byEnd: Map.groupBy(all, ({ folders, name }) => `${folders.at(-1)}/${name}`),
    byEnding,
    endings: new RegExp(`\\.(?:${endings.map(escapeRegex).join('|') || '(?!)'})(?![\\w-]|\\.\\w)`, 'gi'),
    folders: new Set(all.flatMap(({ folders }) => folders)),
  }
}

const escapeRegex = (text: string): string => text.replaceAll(/[^\w\s]/g, String.raw`\$&`)
