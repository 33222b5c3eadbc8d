/** What the build found the page's shell to be; written into the worker by `build/plugins`. */
declare module 'virtual:firstframe/precache' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- a relative import in here would be `any`, without a word
  const precache: import('../../server/wire/manifest.ts').Precache
  export default precache
}
