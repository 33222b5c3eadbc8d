/** What the build found the page's shell to be; written into the worker by `build/plugins`. */
declare module 'virtual:firstframe/precache' {
  import type { Precache } from '../../server/wire/manifest.ts'

  const precache: Precache
  export default precache
}
