declare module 'subset-font' {
  interface Options {
    targetFormat?: 'sfnt' | 'truetype' | 'woff' | 'woff2'
    keepFeatures?: string[]
    noHinting?: boolean
    keepAllGlyphs?: boolean
  }
  export default function subsetFont(font: Uint8Array, text: string, options?: Options): Promise<Buffer>
}

declare module 'fontverter' {
  type Format = 'sfnt' | 'woff' | 'woff2'
  export function detectFormat(font: Buffer): Format
  export function convert(font: Buffer, to: Format, from?: Format): Promise<Buffer>
}
