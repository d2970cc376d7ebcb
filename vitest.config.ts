import { defineConfig } from "vitest/config";

/** `unit` needs nothing but the checkout; `real` uses the real parts that .ci/run prepares; `story` runs whole worlds. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.real.test.ts", "test/story/**"],
          pool: "threads",
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "real",
          include: ["test/**/*.real.test.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "story",
          include: ["test/story/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
