import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, readTicks } from "../../../src/core/pull/body/boxes.ts";
import type { PullBodyInput } from "../../../src/core/pull/body/input.ts";
import { renderPullBody } from "../../../src/core/pull/body.ts";
import { renderCheckSummary } from "../../../src/core/pull/check-summary.ts";
import { reason } from "../../../src/core/reason.ts";
import { parseReference } from "../../../src/core/reference.ts";
import type { Finding } from "../../../src/core/verdict/finding.ts";
import { judge } from "../../../src/core/verdict/judge.ts";
import type { Evidence } from "../../../src/core/verdict/verdict.ts";
import {
  day,
  digest,
  evidence,
  finding,
  group,
  hour,
  node,
  now,
  packages,
  policy,
  report,
  update,
  use,
} from "../samples.ts";

const head = "4f2a91c0".repeat(5);
const image = { registry: "ghcr.io", repository: "acme/payments", digest: digest("c0ff") };
const built = [{ ...image, url: "https://github.com/acme/payments/actions/runs/4711" }];

function scanned(before: readonly Finding[], after: readonly Finding[]): Evidence {
  return evidence({
    scans: {
      state: "done",
      before: [report(before, { packages: packages(212) })],
      after: [report(after, { packages: packages(209) })],
    },
  });
}

function input(given: Evidence, more: Partial<PullBodyInput> = {}): PullBodyInput {
  return {
    group: group(),
    branch: "oakum/main/node-ae2dda70",
    head,
    evidence: given,
    verdict: judge(given),
    built: given.build.state === "done" ? built : [],
    stages: [{ environment: "staging", soak: 7200 }, { environment: "production" }],
    firstSeen: new Map([[digest("1f0a"), now - 31 * day]]),
    now,
    ...more,
  };
}

const openssl = finding("CVE-2026-1234", {
  aliases: ["DSA-5999-1"],
  severity: "critical",
  score: 9.8,
  knownExploited: true,
});
const old: readonly Finding[] = [
  openssl,
  finding("CVE-2026-2001"),
  finding("CVE-2026-2002", { package: "zlib1g", installed: "1:1.2.13.dfsg-1", fixed: ["1:1.2.13.dfsg-2"] }),
  finding("CVE-2026-3001", { severity: "medium", package: "tar", installed: "1.34", fixed: [] }),
  finding("CVE-2026-3002", { severity: "unknown", package: "tar", installed: "1.34", fixed: [] }),
];
const left = old.slice(3);

const many = Array.from({ length: 500 }, (_, index) =>
  finding(`CVE-2026-${10_000 + index}`, {
    severity: (["critical", "high", "medium", "low"] as const)[index % 4]!,
    package: `package-${index % 40}`,
  }),
);

const hostile =
  "@acme/all <img src=x> [a](http://evil.example) `b` | c\r\n\n# d --> #1 \u202e*e*\u0000 www.evil.example \\ $x$ GH-7 </details>";
const hostileFinding = finding(hostile, {
  package: hostile,
  installed: hostile,
  fixed: [hostile],
  url: `javascript:${hostile}`,
});
const hostileGroup = group([
  update({
    to: { ...node("1", "77b4"), registry: hostile, repository: hostile, tag: hostile },
    changes: [{ use: use(hostile, 1), to: node("1", "77b4") }],
    policy: {
      ...policy,
      tags: hostile,
      reviewers: [hostile],
      merge: "approval",
      origins: { tags: { path: hostile, line: 1 }, merge: { path: hostile, line: 2 }, [hostile]: "default" },
      overruled: { merge: { value: "auto", origin: { path: hostile, line: 3 } } },
    },
  }),
]);

const cases: Readonly<Record<string, PullBodyInput>> = {
  pass: input(scanned(old, left), {
    group: group([
      update({
        changes: [
          { use: use("Dockerfile", 1, { role: "stage" }), to: node("24.3.1-slim", "77b4") },
          { use: use("Dockerfile", 14), to: node("24.3.1-slim", "77b4") },
        ],
      }),
    ]),
    due: { at: now + 2 * day, urgency: "known-exploited", origin: { path: ".github/oakum.yml", line: 31 } },
  }),
  fail: input(
    scanned(old, [...left, finding("CVE-2026-4001", { severity: "critical", package: "libexpat1", fixed: [] })]),
  ),
  pending: input(evidence({ build: { state: "pending" }, base: "unknown", scans: { state: "pending" } })),
  held: input(
    evidence({
      scans: { state: "done", after: [report(left)] },
      base: "unknown",
      signature: { policy: "require", state: "missing" },
    }),
    {
      group: group([update({ policy: { ...policy, merge: "approval", reviewers: ["@acme/payments", "@mona"] } })]),
      due: { at: now - 5 * hour, urgency: "high", origin: { path: "organisation:oakum.yml", line: 7 } },
      stages: [],
    },
  ),
  "build-failed": input(
    evidence({
      build: { state: "failed", reason: reason("build-failed", "step 3: npm ci") },
      base: "unknown",
      scans: { state: "pending" },
    }),
  ),
  "digest-only": input(scanned([], []), {
    group: group([
      update({
        from: node("24-slim", "1f0a"),
        to: node("24-slim", "77b4"),
        change: "digest",
        policy: { ...policy, merge: "never" },
      }),
    ]),
  }),
  hostile: input(scanned([hostileFinding], []), {
    group: hostileGroup,
    branch: hostile,
    built: [{ ...image, repository: hostile, url: "javascript:alert(1)" }],
    stages: [{ environment: hostile, soak: 60 }],
    due: { at: now, urgency: "high", origin: { path: hostile, line: 1 } },
  }),
  "500-findings": input(scanned([...old, ...many], many.slice(0, 40))),
};

function fixture(name: string, text: string): string {
  const url = new URL(`../../fixtures/core/${name}.md`, import.meta.url);
  if (process.env.UPDATE_FIXTURES === "1") writeFileSync(url, text);
  return readFileSync(url, "utf8");
}

/** Sets UPDATE_FIXTURES=1 to write them anew. */
describe("renderPullBody", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const body = renderPullBody(cases[name]!);
    expect(body).toBe(fixture(`pull-body/${name}`, body));
  });

  it("announces the end of life of what it leaves, and of what it stays on", () => {
    const step = (from: string, to: string) =>
      renderPullBody(
        input(scanned([], []), {
          group: group([update({ from: parseReference(from)!, to: parseReference(to)! })]),
          now: Date.UTC(2026, 10, 28),
        }),
      )
        .split("\n")
        .filter((line) => line.startsWith("**End of life:**"));
    const bullseye =
      "**End of life:** Debian 11 (bullseye) is past its end of life: nobody has mended it since 2026-08-31 ([source](https://wiki.debian.org/LTS)).";
    const node20 =
      "**End of life:** Node.js 20 is past its end of life: nobody has mended it since 2026-04-30 ([source](https://github.com/nodejs/Release)).";
    expect(step("node:22.1.0-bullseye", "node:22.1.1-bullseye")).toEqual([`${bullseye} This update stays on it.`]);
    expect(step("node:20-bullseye", "node:22-trixie")).toEqual([
      `${node20} This update leaves it.`,
      `${bullseye} This update leaves it.`,
    ]);
    expect(step("node:22-trixie", "node:24-trixie")).toEqual([]);
  });

  it("says so before anything was looked at", () => {
    const { verdict: _, ...unseen } = cases.pending!;
    expect(renderPullBody(unseen)).toContain("> **Being checked.** The build and the scan have not started yet.");
  });

  const text = fc.oneof(
    fc.constant(hostile),
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.string({ maxLength: 3000, size: "max" }),
  );
  const findings = fc.array(
    fc
      .record({
        id: text,
        package: text,
        installed: text,
        fixed: fc.array(text, { maxLength: 4 }),
        url: fc.oneof(text, fc.webUrl()),
      })
      .map(({ id, ...more }) => finding(id, more)),
    { maxLength: 30 },
  );

  it("keeps to its lines, its markup and its length, whatever it is given", () => {
    fc.assert(
      fc.property(findings, findings, text, (before, after, word) => {
        const body = renderPullBody(
          input(scanned(before, after), { branch: word, stages: [{ environment: word }], group: hostileGroup }),
        );
        expect(body.length).toBeLessThanOrEqual(60_000);
        expect(body.isWellFormed()).toBe(true);
        expect(body).not.toMatch(/[\p{Cf}\0-\x09\x0b-\x1f]/u);
        expect(body.match(/<!--/g)).toHaveLength(1);
        expect(body.slice(body.indexOf("<!--")).match(/-->/g)).toHaveLength(1);
        // no markup but our own
        expect(new Set(body.replace(/`[^`\n]*`|<!--.*-->/g, "").match(/<[^\s>]*/g) ?? [])).toEqual(
          new Set(body.match(/<\/?(?:details|summary|sub|code)\b/g)),
        );
        // every row of a table has as many cells as its head
        const rows = body
          .split("\n")
          .filter((line) => line.startsWith("| "))
          .map((line) => line.split("|").length);
        expect(rows.every((cells) => [5, 6, 7, 8].includes(cells))).toBe(true);
        // nobody is named outside code and addresses
        expect(body.replace(/`[^`\n]*`|<code>.*?<\/code>|\]\([^)]*\)|<!--.*-->/g, "")).not.toMatch(/@[a-z0-9]/i);
      }),
      { numRuns: 100 },
    );
  });

  it("stays within its limit however much there is", () => {
    const wide = "`".repeat(5000);
    const worst = Array.from({ length: 2000 }, (_, index) =>
      finding(`${index}${wide}`, { package: wide, installed: wide, fixed: [wide, wide, wide] }),
    );
    const updates = Array.from({ length: 200 }, (_, index) =>
      update({
        from: { ...node(`${index}${wide}`, "aa"), repository: wide },
        changes: Array.from({ length: 50 }, () => ({ use: use(wide, 1), to: node("1", "bb") })),
      }),
    );
    const stages = Array.from({ length: 100 }, () => ({ environment: wide }));
    const body = renderPullBody(input(scanned(worst, worst.slice(1000)), { group: group(updates), stages }));
    expect(body.length).toBeGreaterThan(20_000);
    expect(body.length).toBeLessThanOrEqual(60_000);
  });
});

describe("renderCheckSummary", () => {
  it.each(["pass", "fail", "held", "pending", "hostile"])("%s", (name) => {
    const { group, evidence, verdict } = cases[name]!;
    const { title, summary } = renderCheckSummary({ group, evidence, verdict: verdict! });
    const text = `${title}\n---\n${summary}\n`;
    expect(text).toBe(fixture(`check-summary/${name}`, text));
  });

  it("keeps to GitHub's limits", () => {
    const long = reason("findings-introduced", "x".repeat(70_000));
    const { title, summary } = renderCheckSummary({
      group: hostileGroup,
      evidence: scanned(many, many),
      verdict: { state: "fail", reasons: Array.from({ length: 100 }, () => long) },
    });
    expect(title.length).toBe(255);
    expect(summary.length).toBeLessThanOrEqual(60_000);
  });
});

describe("the boxes of a description", () => {
  const body = renderPullBody(cases.pass!);
  const tick = (name: string) => body.replace(`- [ ] **${name}**`, `- [x] **${name}**`);

  it("are read back as the commands that they give, and cleared", () => {
    expect(readTicks(body)).toEqual({ commands: [], cleared: body });
    for (const [name, kind] of [
      ["Rebase", "rebase"],
      ["Snooze", "snooze"],
      ["Pause", "pause"],
      ["Resume", "resume"],
      ["Refuse", "refuse"],
    ] as const) {
      expect(readTicks(tick(name))).toMatchObject({ commands: [{ kind }], cleared: body });
    }
    const both = tick("Rebase").replace("- [ ] **Refuse**", "- [X] **Refuse**");
    expect(readTicks(both)).toMatchObject({ commands: [{ kind: "rebase" }, { kind: "refuse" }], cleared: body });
  });

  it("leave every other change, and are known again whatever the line ends", () => {
    const changed = `${tick("Rebase")}\nBy hand`;
    expect(fingerprint(readTicks(changed).cleared)).not.toBe(fingerprint(body));
    const browser = tick("Rebase").replaceAll("\n", "\r\n");
    expect(fingerprint(readTicks(browser).cleared)).toBe(fingerprint(body));
    expect(readTicks(body.replace("- [ ] **Rebase**", "  - [x] **Rebase**")).commands).toEqual([]);
  });

  it("are not made by anything that others write", () => {
    const hostile = renderPullBody(input(scanned([], []), { branch: "- [x] **Refuse**", group: hostileGroup }));
    expect(readTicks(hostile).commands).toEqual([]);
  });
});
