import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Rooms whose tests start servers, databases or processes. */
const WORLDS = ["sandbox", "github/contract", "store", "server", "cli", "control"].map((room) => `test/${room}/**`);
const FLOW = "test/flow/**";
const REAL = "test/**/*.real.test.ts";
/** Whole Apps in whole worlds. */
const STORY = ["test/story/**", "test/bench/**"];

const SETUP = ["test/seed.ts"];
/** So many lines of what was compared are shown of a test that fails: to tell two long texts apart takes for ever. */
const diff = { truncateThreshold: 500 } as const;

/** Scenarios over a store: in one process, which keeps what is dear to make, several at once since each mostly waits. */
const scenarios = {
  setupFiles: SETUP,
  diff,
  pool: "forks",
  isolate: false,
  maxConcurrency: 4,
  testTimeout: 180_000,
  hookTimeout: 60_000,
} as const;

/** Not where there is no PostgreSQL; in CI there is one. */
const onPostgres: TestProjectInlineConfiguration = {
  test: {
    ...scenarios,
    name: "postgres",
    include: [`${FLOW}/*.test.ts`, "test/server/{body,login,page,server,worker}.test.ts"],
    provide: { engine: "PostgreSQL" },
    sequence: { groupOrder: 2 },
  },
};

/**
 * `unit`: in one process, fast. `world`: with servers, databases and processes of our own. `flow`: the steps in a world of
 * their own, on PGlite. `postgres`: whatever stands on a store once more, by `DATABASE_URL`. `real`: against the real parts
 * that .ci/run prepares. `story`: the whole App in a whole world.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: SETUP,
          diff,
          include: ["test/**/*.test.ts"],
          exclude: [...WORLDS, FLOW, REAL, ...STORY],
          // They leave nothing behind in their process, and to start one for each costs as much as all of them.
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "world",
          setupFiles: SETUP,
          diff,
          include: WORLDS.map((room) => `${room}/*.test.ts`),
          exclude: [REAL],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { ...scenarios, name: "flow", include: [`${FLOW}/*.test.ts`], sequence: { groupOrder: 1 } } },
      ...(process.env.DATABASE_URL || process.env.CI ? [onPostgres] : []),
      {
        test: {
          name: "real",
          setupFiles: SETUP,
          diff,
          include: [REAL],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "story",
          include: STORY.map((room) => `${room}/*.test.ts`),
          exclude: [REAL],
          pool: "forks",
          fileParallelism: false,
          // Alone, since it starts whole Apps: beside other work it would only wait longer for each.
          sequence: { groupOrder: 3 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
