import { defineConfig } from 'vitest/config'

/** Unit tests of every room, beside their files. What needs a browser or a whole system is `e2e`'s. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['{client,server,build,cdn}/**/*.test.ts', 'e2e/services/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    environment: 'node',
    // Real servers for those tests that stand on them.
    globalSetup: 'e2e/services/unit.ts',
    // Real encoders, builds and servers on two cores: slower than a unit test is used to, and in parallel with others.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
