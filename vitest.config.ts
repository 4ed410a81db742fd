import { defineConfig } from 'vitest/config'

// Limits against a hang, never against slowness: machines are shared, and no test asserts a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/matrix/**'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Two clusters at a time: most of a test is waiting for servers.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'matrix',
          include: ['test/matrix/**/*.test.ts'],
          // What is divided by its speed leaves no time for a machine that is busy with other tests.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
