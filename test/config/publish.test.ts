import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { publishedSchema, refreshTables } from "../../src/config/publish.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("what is published (refresh with npm run schema)", () => {
  it("is the JSON Schema of today", () => {
    expect(read("oakum.schema.json")).toBe(publishedSchema());
  });

  it("is the documentation's tables of today", () => {
    const documentation = read("docs/configuration.md");
    expect(documentation).toBe(refreshTables(documentation));
  });

  it("accepts what Oakum accepts, and refuses what it refuses", () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(publishedSchema()));
    const whole = parse(read("test/fixtures/config/whole.yml"));
    expect(validate(whole), JSON.stringify(validate.errors)).toBe(true);
    for (const change of [
      { version: 2 },
      { moed: "observe" },
      { mode: "porpose" },
      { limits: { open: -1 } },
      { require: [] },
    ]) {
      expect(validate({ ...whole, ...change })).toBe(false);
    }
  });

  it("knows the organisation's floor apart", () => {
    const schema = JSON.parse(publishedSchema());
    const validate = new Ajv2020({ strict: false }).compile(schema.$defs.organisation);
    expect(validate({ version: 1, require: [{ merge: "approval" }] })).toBe(true);
  });
});
