import { describe, expect, test } from "vitest";
import { freshPostgresStore } from "./database.ts";
import { queueSuite } from "./queue-suite.ts";
import { storeSuite } from "./suite.ts";

const url = process.env.DATABASE_URL;

test.runIf(process.env.CI)("CI has a PostgreSQL", () => {
  expect(url).toMatch(/^postgres/);
});

describe.skipIf(url === undefined)("on PostgreSQL", () => {
  const open = () => freshPostgresStore(url ?? "");
  describe("store", () => storeSuite(open));
  describe("queue", () => queueSuite(open));
});
