import type { Profile } from '../../profile/profiler.ts'
import type { Place } from '../../profile/tree.ts'

/** `server/game/rules/duel.ts:40` */
export const where = ({ file, line }: Place): string => (file ? `${file}:${line}` : 'V8 itself')

/** Time or size as a person reads it: `12.5 ms`, `1.4 MiB`. */
export function amount(value: number, unit: Profile['unit']): string {
  const [size, name] = unit === 'bytes' ? [value / 1024, 'KiB'] : [value / 1000, 'ms']
  if (size >= 10_000) return unit === 'bytes' ? `${(size / 1024).toFixed(1)} MiB` : `${(size / 1000).toFixed(1)} s`
  return `${size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${name}`
}
