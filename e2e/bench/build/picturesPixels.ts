import { createRequire } from 'node:module'
import path from 'node:path'
import type Sharp from 'sharp'

/** The project's own sharp: that of the peers, beside the benches, is another. */
export const sharp = createRequire(path.join(import.meta.dirname, '../../../package.json'))('sharp') as typeof Sharp
