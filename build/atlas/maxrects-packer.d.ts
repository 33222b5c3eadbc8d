// The package's own entry is an UMD file that Node takes for a module without exports; its types name files without extension.
declare module 'maxrects-packer/dist/maxrects-packer.mjs' {
  interface Rectangle {
    width: number
    height: number
    x: number
    y: number
  }
  interface Options {
    smart: boolean
    pot: boolean
    square: boolean
    logic: number
  }
  export class MaxRectsPacker<T extends Rectangle> {
    constructor(width: number, height: number, padding: number, options: Options)
    readonly bins: { width: number; height: number; rects: T[] }[]
    addArray(rects: T[]): void
  }
}
