import { describe, expect, test } from "vitest";
import { openStore } from "../../src/store/kysely/open.ts";
import { budgetSuite } from "./budget-suite.ts";
import { freshPostgresStore } from "./database.ts";
import { fairnessSuite } from "./fairness-suite.ts";
import { queueSuite } from "./queue-suite.ts";
import { storeSuite } from "./suite.ts";

const url = process.env.DATABASE_URL;

test.runIf(process.env.CI)("CI has a PostgreSQL", () => {
  expect(url).toMatch(/^postgres/);
});

test("a PostgreSQL that cannot be reached is UNAVAILABLE", async () => {
  const opened = openStore({ url: "postgresql://127.0.0.1:1/none" }, { log: { error: () => {} }, now: Date.now });
  await expect(opened).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

describe.skipIf(url === undefined)("on PostgreSQL", () => {
  const open = () => freshPostgresStore(url ?? "");
  describe("store", () => storeSuite(open));
  describe("budgets", () => budgetSuite(open));
  describe("fairness", () => fairnessSuite(open, 1000));
  describe("queue", () => queueSuite(open));
});
