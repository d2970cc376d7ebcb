import { expect, it } from "vitest";
import { runExposed } from "../../src/cli/exposed.ts";
import type { Control } from "../../src/control/control.ts";
import type { Finding } from "../../src/core/verdict/finding.ts";
import type { Affected, AffectedUse } from "../../src/core/view/exposure.ts";

const finding: Finding = {
  ...{ id: "CVE-2026-1", aliases: ["DSA-1-1"], package: "openssl", class: "os", installed: "1", fixed: ["2"] },
  ...{ severity: "critical", knownExploited: false, url: "https://osv.dev/vulnerability/CVE-2026-1" },
};
const use: AffectedUse = {
  ...{
    state: "fix-ready",
    repository: { host: "github.com", installation: 7, repository: 1 },
    owner: "acme",
    name: "shop",
  },
  ...{ path: "Dockerfile", line: 3, text: `base:1@sha256:${"a".repeat(64)}`, useState: "update", pull: 12 },
  ...{ reviewers: ["@acme/web"], packages: [{ name: "openssl", installed: "1", fixed: ["2"] }] },
};
const { pull: _, reviewers: __, ...unknown } = use;
const found: Affected = {
  counts: { "fix-ready": 1, "no-fix": 0, unknown: 1, "not-affected": 2 },
  uses: [use, { ...unknown, state: "unknown", reviewers: [], packages: [], reason: { code: "scan-pending" } }],
  finding,
};
const none: Affected = { counts: { "fix-ready": 0, "no-fix": 0, unknown: 0, "not-affected": 2 }, uses: [] };

async function run(affected: Affected, { json = false, all = false, id = "cve-2026-1" } = {}) {
  const asked: unknown[] = [];
  let [out, err] = ["", ""];
  const control = {
    ask: async (_name: "exposed", { offset, limit, ...question }: { offset: number; limit: number }) => {
      asked.push(question);
      return { ...affected, uses: affected.uses.slice(offset, offset + limit) };
    },
    close: async () => {},
  } as unknown as Control;
  const output = {
    ...{ json, colours: false },
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await runExposed({ id, all, output }, async () => control), out, err, asked };
}

it("shows where a vulnerability is, with its pull request, owner and reason, and how often it is not", async () => {
  const { code, out, err, asked } = await run(found);
  expect(code).toBe(3);
  const [head, titles, ready, open] = out.split("\n").map((line) => line.split(/ {2,}/));
  expect(head?.[0]).toBe("CVE-2026-1: critical, severity critical. https://osv.dev/vulnerability/CVE-2026-1");
  expect(titles).toEqual(["STATE", "REPOSITORY", "USE", "IMAGE", "PACKAGES", "PULL REQUEST", "OWNER", "WHY"]);
  expect(ready).toEqual([
    ...["fix ready", "acme/shop", "Dockerfile:3", "base:1@sha256:aaaaaaaaaaaa…", "openssl 1 (fixed in 2)"],
    ...["https://github.com/acme/shop/pull/12", "@acme/web"],
  ]);
  expect(open?.slice(-2)).toEqual(["@acme", "the scan has not finished"]);
  expect(err).toBe("oakum: CVE-2026-1 in 4 uses: 1 fix ready, 0 no fix, 1 unknown, 2 not affected\n");
  expect(asked).toEqual([{ id: "cve-2026-1", states: ["fix-ready", "no-fix", "unknown"] }]);
});

it("has JSON Lines, and with --all also what is not affected", async () => {
  const { out, asked } = await run(found, { json: true, all: true });
  const [line] = out.split("\n").map((text) => text && JSON.parse(text));
  expect(line).toMatchObject({ state: "fix-ready", reason: null, repository: "acme/shop", owners: ["@acme/web"] });
  expect(line.pull).toBe("https://github.com/acme/shop/pull/12");
  expect(asked).toMatchObject([{ states: ["fix-ready", "no-fix", "unknown", "not-affected"] }]);
});

it("tells the branch of a use that is not on the default one", async () => {
  const line = { ...found, uses: [{ ...use, base: "release/1.x" }, use] };
  expect((await run(line)).out).toContain("  Dockerfile:3 on release/1.x  ");
  const { out } = await run(line, { json: true });
  const branches = out
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text).branch);
  expect(branches).toEqual(["release/1.x", null]);
});

it("names whom CODEOWNERS names for the file before the reviewers that policy names", async () => {
  const { out } = await run({ ...found, uses: [{ ...use, owners: ["@acme/base", "ops@acme.test"] }] }, { json: true });
  expect(JSON.parse(out)).toMatchObject({ owners: ["@acme/base", "ops@acme.test"] });
});

it("asks until it has all of them", async () => {
  const many = { ...found, uses: Array.from({ length: 1100 }, () => use) };
  const { out, asked } = await run(many, { json: true });
  expect([out.trimEnd().split("\n").length, asked.length]).toEqual([1100, 3]);
});

it.each([
  ["nowhere", none, 0],
  ["somewhere", { ...none, counts: { ...none.counts, "no-fix": 1 } }, 1],
  ["nobody knows", { ...none, counts: { ...none.counts, unknown: 1 } }, 3],
])("exits by what is known: %s", async (_, affected, code) => {
  expect((await run(affected)).code).toBe(code);
});

it.each(["", "CVE", "--help", "CVE-2026-1\u0007", "../x-1", "CVE-2026-1 or 1=1"])(
  "refuses what is no id: %j",
  async (id) => {
    await expect(run(none, { id })).rejects.toMatchObject({ code: "INPUT" });
  },
);
