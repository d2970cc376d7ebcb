import { defineConfig } from "vitest/config";

/** Rooms whose tests start servers, databases or processes. */
const WORLDS = [
  "test/sandbox/**",
  "test/github/contract/**",
  "test/store/**",
  "test/server/**",
  "test/cli/**",
  "test/flow/**",
];
const REAL = "test/**/*.real.test.ts";
const STORY = "test/story/**";

/**
 * `unit`: in one process, fast. `world`: with servers, databases and processes of our own. `real`: against the real parts
 * that .ci/run prepares. `story`: the whole App in a whole world.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...WORLDS, REAL, STORY],
          // They leave nothing behind in their process, and to start one for each costs as much as all of them.
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "world",
          include: WORLDS.map((room) => `${room}/*.test.ts`),
          exclude: [REAL],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "real", include: [REAL], pool: "forks", testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: "story",
          include: [`${STORY}/*.test.ts`],
          exclude: [REAL],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
