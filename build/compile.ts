import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface CompileJob {
  /** Folder that paths are relative to, and that the output mirrors. */
  root: string
  /** The configuration that this extends. */
  tsconfig: string
  /** What to compile; what they import follows. */
  files: string[]
  outDir: string
  options?: Record<string, unknown>
}

/**
 * Compiles TypeScript to JavaScript whose imports name `.js` files.
 * @throws Error with the compiler's words, or saying how to get the compiler.
 */
export async function compile({ root, tsconfig, files, outDir, options = {} }: CompileJob): Promise<void> {
  let compiler: string
  try {
    compiler = path.join(
      path.dirname(createRequire(path.join(root, 'x.js')).resolve('typescript/package.json')),
      'bin/tsc',
    )
  } catch {
    throw new Error(`${root} has no TypeScript: npm install -D typescript`)
  }
  await mkdir(outDir, { recursive: true })
  const config = path.join(outDir, 'tsconfig.json')
  const settings = {
    extends: tsconfig,
    compilerOptions: { noEmit: false, rewriteRelativeImportExtensions: true, rootDir: root, outDir, ...options },
    files,
    include: [],
    exclude: [],
  }
  await writeFile(config, JSON.stringify(settings))
  await run(process.execPath, [compiler, '-p', config], { cwd: root, maxBuffer: 1 << 26 }).catch((error: unknown) => {
    const words = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    throw new Error(`TypeScript could not compile ${path.relative(root, files[0] ?? '')}:\n${words.trim()}`, {
      cause: error,
    })
  })
}
