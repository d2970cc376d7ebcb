import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Update, UpdateGroup } from "../../../src/core/plan/update.ts";
import {
  baseOfBranch,
  branchName,
  commitMessage,
  openingsOf,
  type PullRecord,
  pullLabels,
  pullTitle,
  refusalKey,
} from "../../../src/core/pull/pull.ts";
import { digest, finding, group, hour, node, now, policy, update, use } from "../samples.ts";

const rebuilt = update({ from: node("24-slim", "aa"), to: node("24-slim", "bb"), change: "digest" });
const pinned = update({
  from: { registry: "docker.io", repository: "library/node", tag: "24-slim" },
  to: node("24-slim", "bb"),
  change: "pin",
});

function inDirectories(...paths: readonly string[]): Update {
  const to = node("24.3.1-slim", "77b4");
  const changes = paths.map((path) => ({ use: use(path, 1), to }));
  return update({ policy: { ...policy, group: "services/*" }, changes });
}

describe("branchName", () => {
  it("is of the base, the image and the group's id, without a version", () => {
    expect(branchName("release/2.x", group())).toBe("oakum/release/2.x/node-ae2dda70");
    expect(branchName("main", group([rebuilt]))).toBe(branchName("main", group()));
    expect(branchName("main", group([], { id: "another" }))).not.toBe(branchName("main", group()));
  });

  it("is a ref that git takes, whatever the image is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (repository, id) => {
        const name = branchName("main", group([], { id, image: { registry: "ghcr.io", repository } }));
        expect(name).toMatch(/^oakum\/main\/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?-[0-9a-f]{8}$/);
      }),
    );
  });
});

describe("pullTitle", () => {
  it.each<[string, UpdateGroup, string]>([
    ["a newer tag", group(), "Update node to 24.3.1-slim"],
    ["a newer digest", group([rebuilt]), "Update node 24-slim to its newest digest"],
    ["a pin", group([pinned]), "Pin node 24-slim to its digest"],
    ["a pin with an update", group([pinned, rebuilt]), "Update node 24-slim to its newest digest"],
    [
      "two tags",
      group([update(), update({ to: node("22.9.0-slim", "cc") })]),
      "Update node to 24.3.1-slim and 22.9.0-slim",
    ],
    ["many tags", group(["1", "2", "3"].map((tag) => update({ to: node(tag, "cc") }))), "Update node to 1 and others"],
    [
      "another image that shares an ARG",
      group([update(), update({ to: { registry: "docker.io", repository: "library/alpine", tag: "3.22" } })]),
      "Update node to 24.3.1-slim and alpine with it",
    ],
    [
      "a namespaced image",
      group([update()], { image: { registry: "ghcr.io", repository: "acme/base/runtime" } }),
      "Update runtime to 24.3.1-slim",
    ],
    [
      "a directory of its own",
      group([inDirectories("services/api/Dockerfile", "services/api/job/Dockerfile")]),
      "Update node to 24.3.1-slim in services/api",
    ],
    [
      "no directory in common",
      group([inDirectories("api/Dockerfile", "web/Dockerfile")]),
      "Update node to 24.3.1-slim",
    ],
    [
      "a hostile directory",
      group([inDirectories("@acme/fixes #1 `x`\n\u202e/Dockerfile")]),
      "Update node to 24.3.1-slim in -acme/fixes -1 -x---",
    ],
  ])("%s", (_, input, title) => {
    expect(pullTitle(input)).toBe(title);
  });

  it("stays when a newer digest of the same tag arrives", () => {
    const newer = group([update({ to: node("24.3.1-slim", "ee") })]);
    expect(pullTitle(newer)).toBe(pullTitle(group()));
  });

  it("follows the configured prefix, as the commit does", () => {
    expect(pullTitle(group(), "fix(deps): ")).toBe("fix(deps): update node to 24.3.1-slim");
  });

  it("ends with the branch, when that is not the default one, as one line without markup", () => {
    expect(pullTitle(group(), "", "release/1.x")).toBe("Update node to 24.3.1-slim (release/1.x)");
    expect(pullTitle(group(), "", "a@b#1`<x>")).toBe("Update node to 24.3.1-slim (a-b-1--x-)");
    expect(pullTitle(group(), "", "x".repeat(300)).length).toBeLessThan(120);
  });

  it.each([
    ["oakum/main/node-1a2b3c4d", "main"],
    ["oakum/release/1.x/node-1a2b3c4d", "release/1.x"],
    ["oakum/onboarding", ""],
  ])("of the branch %j the base is %j", (branch, base) => {
    expect(baseOfBranch(branch)).toBe(base);
  });

  it("is short, whatever the paths", () => {
    expect(pullTitle(group([inDirectories(`${"long/".repeat(100)}Dockerfile`)])).length).toBe(120);
  });
});

describe("commitMessage", () => {
  const steps = `docker.io/library/node:24.3.0-slim@${digest("1f0a")} -> docker.io/library/node:24.3.1-slim@${digest("77b4")}`;

  it("is the title and each step in full", () => {
    expect(commitMessage(group([update(), update()]))).toBe(`Update node to 24.3.1-slim\n\n${steps}`);
  });

  it("follows the configured prefix", () => {
    expect(commitMessage(group(), "fix(deps): ")).toBe(`fix(deps): update node to 24.3.1-slim\n\n${steps}`);
    expect(commitMessage(group(), "a\nb")).toBe(`a b update node to 24.3.1-slim\n\n${steps}`);
  });

  it("counts what is too much to list", () => {
    const many = Array.from({ length: 25 }, (_, index) => update({ to: node(`1.${index}`, "cc") }));
    expect(commitMessage(group(many)).split("\n")).toHaveLength(23);
    expect(commitMessage(group(many))).toMatch(/\nand 5 more$/);
  });
});

describe("pullLabels", () => {
  it("follow the plan until the gate knows better", () => {
    const urgent = group([update(), update({ urgency: "critical" }), update({ urgency: "high" })]);
    expect(pullLabels(urgent)).toEqual(["security", "critical"]);
    expect(pullLabels(urgent, { fixed: [], introduced: [], remaining: [] })).toEqual([]);
    const fixed = [finding("CVE-1", { knownExploited: true })];
    expect(pullLabels(group(), { fixed, introduced: [], remaining: [] })).toEqual(["security", "known-exploited"]);
  });
});

describe("refusalKey", () => {
  it("is of exactly these references, in any order", () => {
    const [a, b] = [node("1", "aa"), node("2", "bb")];
    expect(refusalKey("x", [a, b])).toBe(refusalKey("x", [b, a, a]));
    expect(refusalKey("x", [a])).not.toBe(refusalKey("x", [{ ...a, digest: digest("ab") }]));
    expect(refusalKey("x", [a])).not.toBe(refusalKey("y", [a]));
  });
});

describe("openingsOf", () => {
  const record: PullRecord = {
    repository: { host: "github.com", installation: 1, repository: 2 },
    ...{ branch: "oakum/main/node-ae2dda70", base: "main", title: "t", group: group(), baseSha: "b", heads: ["h"] },
    ...{ state: "closed", number: 7, openedAt: now },
  };

  it("counts none of a try that died before it opened anything", () => {
    const { number: _, ...tried } = record;
    expect(openingsOf({ ...tried, openedBefore: [now - 1] }, now)).toEqual([now - 1]);
  });

  it.each<[string, readonly number[] | undefined, number, readonly number[]]>([
    ["the only one", undefined, now, [now]],
    ["each of a branch that was opened again", [now - 2, now - 1], now, [now - 2, now - 1, now]],
    ["none of an hour ago", [now - hour + 1, now - 1], now + hour - 1, [now]],
    ["none at all", [now - 1], now + hour, []],
  ])("counts %s", (_, openedBefore, at, expected) => {
    expect(openingsOf({ ...record, ...(openedBefore && { openedBefore }) }, at)).toEqual(expected);
  });
});
