import { expect, test } from "vitest";
import type { PullRecord } from "../../src/core/pull.ts";
import type { Rollout } from "../../src/core/rollout.ts";
import { type Overview, page } from "../../src/server/page.ts";
import type { IndexedUse } from "../../src/store/store.ts";

const HOSTILE = `</td><script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;
const id = { host: "github.com", installation: 7, repository: 11 };
const repository = { ...id, owner: "acme", name: "app", defaultBranch: "main", private: true, archived: false };
const image = { registry: "docker.io", repository: "library/node" };

const pull: PullRecord = {
  ...{
    repository: id,
    branch: "oakum/main/node-1",
    base: "main",
    title: HOSTILE,
    number: 4,
    state: "open",
    openedAt: 1,
  },
  ...{ group: { id: "g", image, track: "22", updates: [] }, baseSha: "1".repeat(40), heads: [] },
  gate: {
    head: "2".repeat(40),
    key: "k",
    verdict: { state: "fail", reasons: [{ code: "findings-introduced", detail: HOSTILE }] },
  },
};
const digest = `sha256:${"a".repeat(64)}` as const;
const release = { repository: id, merge: "3", image: { ...image, digest }, reference: image, campaign: "c" };
const rollout: Rollout = {
  ...{ id: "r", target: { repository: id, environment: HOSTILE, name: HOSTILE }, release, phase: "soaking" },
  ...{ since: Date.UTC(2026, 10, 23), attempt: 0, granted: true, soak: 1, reason: { code: "soaking" } },
};
const entry = { sequence: 1, at: "2026-11-23T00:00:00.000Z", data: {}, previous: "", hash: "" };
const use: IndexedUse = {
  ...{ image, path: HOSTILE, line: 3, text: HOSTILE, state: "held" },
  reason: { code: "shared-arg", detail: HOSTILE },
};
const other = { ...repository, repository: 12, owner: "a/b?c", name: `"x` };
const all = <T>(...shown: readonly T[]) => ({ shown, total: shown.length });
const full: Overview = {
  repositories: [repository, other],
  used: all({ repository, uses: all(use) }, { repository: other, uses: all() }),
  ...{ pulls: all(pull), openPulls: 1, rollouts: all(rollout), confirmedRollouts: 0 },
  ledger: all({ ...entry, subject: HOSTILE, transition: HOSTILE, cause: HOSTILE }),
  pauses: [{ account: HOSTILE, since: "2026-11-23T00:00:00.000Z", by: HOSTILE, why: HOSTILE }],
};
const empty: Overview = {
  ...{
    repositories: [],
    used: all(),
    pulls: all(),
    openPulls: 0,
    rollouts: all(),
    confirmedRollouts: 0,
    ledger: all(),
    pauses: [],
  },
};

test("everything that others wrote is shown as text", async () => {
  const text = String(await page(full));
  expect(text).not.toMatch(/<script|<img|"'>/);
  expect(text.match(/&lt;script&gt;/g)).toHaveLength(13);
  expect(text).toContain('href="https://github.com/acme/app/pull/4"');
  expect(text).toContain('href="https://github.com/a%2Fb%3Fc/%22x"');
  expect(text).toContain("an ARG feeds several images");
});

test("a pull that passed and is still open says why", async () => {
  const head = "2".repeat(40);
  const passed = { head, key: "k", verdict: { state: "pass", reasons: [] } } as const;
  const unmerged = { head, reasons: [{ code: "checks-missing", detail: "lint" }] } as const;
  const shown = async (one: PullRecord) => String(await page({ ...full, pulls: all(one) }));
  expect(await shown({ ...pull, gate: passed, unmerged })).toContain("a required check is not green yet (lint)");
  const older = { ...unmerged, head: "3".repeat(40) };
  expect(await shown({ ...pull, gate: passed, unmerged: older })).not.toContain("required check");
  expect(await shown({ ...pull, gate: passed, unmerged, state: "merged" })).not.toContain("required check");
});

test("an empty page says so", async () => {
  const text = String(await page(empty));
  expect(text.match(/None yet\./g)).toHaveLength(4);
  expect(text).toContain("0 repositories, 0 open pull requests, 0 confirmed rollouts");
});

test("a list that is cut says so, and where all of it is", async () => {
  const cut = <T>(...shown: readonly T[]) => ({ shown, total: 812 });
  const some = {
    repositories: [repository],
    used: cut({ repository, uses: cut(use) }),
    pulls: cut(pull),
    ledger: cut(...full.ledger.shown),
  };
  const text = String(await page({ ...full, ...some, openPulls: 300 }));
  expect(text).toContain('The first 1 of 812. All of it: <a href="api/uses">api/uses</a>.');
  expect(text).toContain("and 811 more");
  expect(text).toContain('The newest 1 of 812. From the first on, page by page: <a href="api/ledger?after=0">');
  expect(text).toContain("300 open pull requests");
  expect(text).toContain("<p>The first 1 of 812.</p>");
  expect(String(await page(full))).not.toMatch(/The (first|newest)|more/);
});

test("the ledger names repositories instead of numbers, and only the one that it is about", async () => {
  const rows = [
    { ...entry, subject: "target:github.com/7/11/production/api", transition: "deployed", cause: "github.com/7/11@4f" },
    { ...entry, subject: "pull:github.com/7/112#oakum/x", transition: "opened", cause: "" },
  ];
  const text = String(await page({ ...full, ledger: all(...rows) }));
  expect(text).toContain("target:acme/app/production/api");
  expect(text).toContain("acme/app@4f");
  expect(text).toContain("pull:github.com/7/112#oakum/x");
});

test("the demo's GitHub is linked without a certificate, any other one with", async () => {
  const demo = { ...repository, host: "127.0.0.1:4000" };
  const elsewhere = { ...repository, host: "127.0.0.1.evil.example" };
  const repositories = [demo, elsewhere];
  const used = all(...repositories.map((one) => ({ repository: one, uses: all<IndexedUse>() })));
  const text = String(await page({ ...full, repositories, used }));
  expect(text).toContain('href="http://127.0.0.1:4000/acme/app"');
  expect(text).toContain('href="https://127.0.0.1.evil.example/acme/app"');
});
