import { parseSync, Visitor } from 'vite'

/** One `import`, `export … from`, `import()` with a fixed text, or `import('…')` in a type. */
export interface Import {
  /** As written: `./a.ts`, `node:fs`, `sharp`. */
  specifier: string
  /** Counted from 1. */
  line: number
  /** Where the text stands in the code, its quotes included. */
  start: number
  end: number
  /** True where nothing of it is left at run time. */
  isType: boolean
}

/**
 * Every import of a module, in the order of the text.
 * @throws SyntaxError naming the file if the code does not parse.
 */
export function importsOf(file: string, code: string): Import[] {
  const { module, program, errors } = parseSync(file, code)
  const [error] = errors
  if (error) throw new SyntaxError(`${file}: ${error.message}`)
  const found = new Map<number, Import>()
  const add = (specifier: string, start: number, end: number, isType: boolean): void => {
    // Several names from one module: a type among values leaves an import behind.
    const known = found.get(start)
    if (known) known.isType &&= isType
    else found.set(start, { specifier, line: code.slice(0, start).split('\n').length, start, end, isType })
  }
  for (const { moduleRequest, entries } of module.staticImports) {
    const isType = entries.length > 0 && entries.every((entry) => entry.isType)
    add(moduleRequest.value, moduleRequest.start, moduleRequest.end, isType)
  }
  for (const { moduleRequest, isType } of module.staticExports.flatMap(({ entries }) => entries))
    if (moduleRequest) add(moduleRequest.value, moduleRequest.start, moduleRequest.end, isType)
  for (const { moduleRequest: at } of module.dynamicImports) {
    const text = /^(['"`])([^'"`$]*)\1$/.exec(code.slice(at.start, at.end))?.[2]
    if (text !== undefined) add(text, at.start, at.end, false)
  }
  new Visitor({ TSImportType: ({ source }) => add(source.value, source.start, source.end, true) }).visit(program)
  return [...found.values()].sort((a, b) => a.start - b.start)
}
