import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { type Outlook, outlookOf } from "../../../src/core/plan/outlook.ts";
import { reason } from "../../../src/core/reason.ts";
import { parseReference } from "../../../src/core/reference.ts";
import type { ReportInput } from "../../../src/core/report/input.ts";
import { ONBOARDING_FILE } from "../../../src/core/report/onboarding-file.ts";
import { isMarkedReport, renderReport, reportTitle } from "../../../src/core/report/report.ts";
import { group, use } from "../samples.ts";

const EMPTY: Outlook = {
  mode: "observe",
  states: {},
  updates: { shown: [], total: 0 },
  unread: { shown: [], total: 0 },
  problems: { shown: [], total: 0 },
};

const counted = { uses: 0, repositories: 0, ready: 0 };
const EXPOSURE = {
  ...{ "known-exploited": { uses: 3, repositories: 2, ready: 1 }, critical: counted, high: counted, normal: counted },
  ...{ unknown: { uses: 1, repositories: 1, ready: 0 }, none: { uses: 4, repositories: 2, ready: 0 } },
};

function inputOf(more: Partial<ReportInput> = {}): ReportInput {
  return {
    organisation: "acme",
    repositories: [],
    hidden: 0,
    unplanned: 0,
    onboarding: { state: "configured" },
    exposure: EXPOSURE,
    ...more,
  };
}

function update(urgency: "critical" | "normal", image: string, mode: Outlook["mode"] = "observe") {
  const from = `docker.io/library/${image}:1.4@sha256:${"1".repeat(64)}`;
  const to = `docker.io/library/${image}:1.5@sha256:${"2".repeat(64)}`;
  const shown = [{ from, to, change: "patch", urgency, uses: 2 } as const];
  return { ...EMPTY, mode, states: { held: 2 }, updates: { shown, total: 1 } };
}

const HOSTILE = "<img src=x onerror=alert(1)> @octocat #1 `x` | [a](javascript:alert(1)) --> <!-- \n# Head";
/** Files that are shared with another tool. */
const FILES = { shown: [HOSTILE, "Dockerfile"], total: 7 };

describe("the report", () => {
  it("lists what stands on a release that nobody mends any more, of ignored files nothing", () => {
    const old = { ...use("Dockerfile", 3), reference: parseReference("node:18-bullseye")! };
    const statuses = [
      { use: old, state: "current" as const },
      { use: { ...old, path: "test/Dockerfile" }, state: "held" as const, reason: reason("ignored") },
    ];
    const outlook = outlookOf("observe", { uses: statuses }, [], [], [], Date.UTC(2026, 10, 28));
    const body = renderReport(inputOf({ repositories: [{ name: "acme/a", outlook, rules: [] }] }));
    expect(body).toContain(
      [
        "### Past its end of life",
        "",
        "- `acme/a` `Dockerfile:3` `docker.io/library/node:18-bullseye`: Node.js 18, since 2025-04-30",
        "- `acme/a` `Dockerfile:3` `docker.io/library/node:18-bullseye`: Debian 11 (bullseye), since 2026-08-31",
      ].join("\n"),
    );
    expect(body).not.toContain("test/Dockerfile");
  });

  it("lists what would be proposed by urgency, and apart from it what is", () => {
    const body = renderReport(
      inputOf({
        repositories: [
          { name: "acme/a", outlook: update("normal", "node"), rules: [] },
          { name: "acme/b", outlook: update("critical", "alpine"), rules: [] },
          { name: "acme/c", outlook: update("critical", "nginx", "propose"), rules: [] },
        ],
      }),
    );
    const would = body.slice(body.indexOf("### What would be proposed"), body.indexOf("### What is proposed"));
    expect(would.indexOf("`acme/b`")).toBeLessThan(would.indexOf("`acme/a`"));
    expect(would).toContain(
      "| critical | `acme/b` | `docker.io/library/alpine` | `1.4` `sha256:1111…1111` | `1.5` `sha256:2222…2222` | patch | 2 |",
    );
    expect(would).not.toContain("acme/c");
    expect(body.slice(body.indexOf("### What is proposed"))).toContain("`acme/c`");
    expect(body).toContain("**3 repositories, 6 uses of images, 3 updates known.**");
  });

  it.each<[ReportInput["onboarding"], string]>([
    [{ state: "open", number: 7 }, "Merging #7 turns proposing on"],
    [{ state: "refused" }, "was closed"],
    [{ state: "impossible", why: "it rains" }, "(it rains)"],
    [{ state: "configured" }, "it says what is proposed"],
  ])("says what comes next: %o", (onboarding, sentence) => {
    expect(renderReport(inputOf({ onboarding }))).toContain(sentence);
  });

  it("says what is exposed, and never that what nobody knows is clean", () => {
    const body = renderReport(inputOf());
    expect(body).toContain("| known exploited | 3 | 2 | 1 |\n| not known | 1 | 1 | 0 |\n| nothing found | 4 | 2 |  |");
  });

  it("names another branch behind its repository, and counts it as none", () => {
    const line = { outlook: update("critical", "node"), isLine: true, rules: [] } as const;
    const body = renderReport(
      inputOf({
        repositories: [
          { name: "acme/a", outlook: EMPTY, rules: [] },
          { ...line, name: "acme/a (release/1.x)" },
          { ...line, name: `acme/a (release/${HOSTILE.replaceAll(/\s/g, "")})` },
        ],
      }),
    );
    expect(body).toContain("**1 repository and 2 other branches, 4 uses of images, 2 updates known.**");
    expect(body).toContain("| critical | `acme/a (release/1.x)` | `docker.io/library/node` |");
    const html = marked.parse(body, { async: false });
    expect(html).not.toMatch(/<img|<a href="javascript/);
    expect(html).toContain("release/&#60;imgsrc&#61;xonerror");
  });

  it("tells of rules that can never be met", () => {
    const rules = ["a rule asks for what nobody can do"];
    const body = renderReport(inputOf({ repositories: [{ name: "acme/a", outlook: EMPTY, rules }] }));
    expect(body).toContain("### Rules that can never be met\n\n- `acme/a`: a rule asks for what nobody can do");
  });

  it("lists what is left to another tool under what would be proposed, with the files and how they are handed over", () => {
    const outlook = update("critical", "nginx", "propose");
    const left = update("normal", "node").updates;
    const others = [
      { tool: "Dependabot", path: ".github/dependabot.yml", files: FILES, byHand: "remove `docker`" },
    ] as const;
    const body = renderReport(
      inputOf({ repositories: [{ name: "acme/a", outlook: { ...outlook, left, others }, rules: [] }] }),
    );
    const would = body.slice(body.indexOf("### What would be proposed"), body.indexOf("### What is proposed"));
    expect(would).toContain("`docker.io/library/node`");
    expect(would).not.toContain("nginx");
    expect(body.slice(body.indexOf("### What is proposed"))).toContain("`docker.io/library/nginx`");
    expect(body).toContain("2 updates known");
    expect(body).toContain("acme/a: Dependabot (.github/dependabot.yml), 7 files");
    expect(body).toContain("`Dockerfile` and 5 more\n\nBy hand: remove `docker`.");
  });

  it("says how much it leaves out", () => {
    const body = renderReport(inputOf({ hidden: 2, unplanned: 1 }));
    expect(body).toContain("2 private repositories are left out");
    expect(body).toContain("1 repository was not read yet");
  });

  it("fits into an issue whatever there is, and counts the rest", () => {
    const place = { path: HOSTILE.repeat(3), line: 3, reason: reason("not-parsed", HOSTILE.repeat(3)) };
    const repositories = Array.from({ length: 3000 }, (_, at) => {
      const outlook: Outlook = {
        ...update("normal", `x/${"y".repeat(200)}`, at % 2 === 0 ? "observe" : "propose"),
        unread: { shown: [place, place], total: 70 },
        problems: { shown: [HOSTILE.repeat(3)], total: 1 },
        others: [{ tool: "Renovate", path: "renovate.json", files: FILES, patch: `${HOSTILE}\n\`\`\`\n`.repeat(5) }],
      };
      return { name: `acme/${"z".repeat(80)}-${at}`, outlook, rules: [HOSTILE.repeat(3)] };
    });
    const body = renderReport(inputOf({ repositories }));
    expect([...body].length).toBeLessThan(65_536);
    expect(body).toMatch(/and \d+ more/);
    const listed = body.split("\n").filter((line) => /^- .*: the file could not be read/.test(line)).length;
    expect(body).toContain(`- and ${3000 * 70 - listed} more`);
  });

  it("lets nothing from outside be markup, a mention or a reference", () => {
    const outlook: Outlook = {
      ...EMPTY,
      updates: { shown: [{ from: HOSTILE, to: HOSTILE, change: "patch", urgency: "normal", uses: 1 }], total: 1 },
      unread: { shown: [{ path: HOSTILE, line: 1, reason: reason("not-parsed", HOSTILE) }], total: 1 },
      problems: { shown: [HOSTILE], total: 1 },
      others: [{ tool: "Renovate", path: HOSTILE, files: FILES, patch: `\`\`\`\n${HOSTILE}\n\`\`\`\`` }],
    };
    const repositories = [{ name: HOSTILE, outlook, rules: [HOSTILE] }];
    const body = renderReport(inputOf({ organisation: HOSTILE, repositories }));
    const rendered = marked.parse(body, { async: false, gfm: true }).replace(/<code.*?<\/code>/gs, "");
    expect(rendered).not.toMatch(/<img|<a |<h1|onerror=alert\(1\)>/);
    expect(rendered).not.toMatch(/@octocat|#1\b/);
    expect(reportTitle(inputOf({ organisation: HOSTILE }))).not.toContain("\n");
  });

  it("is the same text for the same facts, and marked", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, path) => {
        const unread = { shown: [{ path, line: 1, reason: reason("not-parsed") }], total: 1 };
        const input = inputOf({ repositories: [{ name, outlook: { ...EMPTY, unread }, rules: [] }] });
        const body = renderReport(input);
        expect(renderReport(input)).toBe(body);
        expect(isMarkedReport(body)).toBe(true);
        // What is from outside adds no line and no heading.
        expect(body.split("\n").filter((line) => line.startsWith("#"))).toHaveLength(3);
      }),
    );
  });
});

describe("an outlook", () => {
  it("has the most urgent first, and counts what it does not keep", () => {
    const updates = group().updates.flatMap((one) => [
      { ...one, urgency: "normal" as const },
      ...Array.from({ length: 80 }, () => ({ ...one, urgency: "high" as const })),
    ]);
    const statuses = Array.from({ length: 60 }, () => ({
      use: use("Dockerfile", 1),
      state: "unsupported" as const,
      reason: reason("unresolved-variable", "x".repeat(1000)),
    }));
    const outlook = outlookOf("observe", { uses: statuses }, [group(updates)], [], ["p".repeat(1000)], 0);
    expect(outlook.updates.shown).toHaveLength(50);
    expect(outlook.updates.total).toBe(updates.length);
    expect(outlook.updates.shown.every(({ urgency }) => urgency === "high")).toBe(true);
    expect(outlook.unread).toMatchObject({ total: 60 });
    expect(outlook.unread.shown).toHaveLength(50);
    expect(outlook.states).toEqual({ unsupported: 60 });
    expect(JSON.stringify(outlook).length).toBeLessThan(60_000);
  });
});

it("the file that the onboarding pull request adds is in order, and turns proposing on", () => {
  const { config, problems } = loadConfig({ organisation: { path: "oakum.yml", text: ONBOARDING_FILE } });
  expect(problems).toEqual([]);
  expect(config.mode).toBe("propose");
});
