declare module '@vercel/ncc' {
  interface Bundle {
    code: string
    map?: string
    /** Side chunks and files that the code reads, by path relative to the bundle. */
    assets: Record<string, { source: string | Buffer }>
  }
  interface Options {
    quiet: boolean
    cache: false
    minify?: boolean
    sourceMap: boolean
    sourceMapRegister: boolean
    target: string
  }
  export default function ncc(input: string, options: Options): Promise<Bundle>
}
