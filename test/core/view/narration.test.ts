import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../../src/core/ledger.ts";
import { narrate, type Told } from "../../../src/core/view/narration.ts";

const DIGEST = `sha256:${"abcdef012345".padEnd(64, "0")}`;
const REPOSITORIES = { payments: 7, search: 70 };

function entry(transition: string, subject: string, data: LedgerEntry["data"] = {}): LedgerEntry {
  return { sequence: 1, at: "2026-11-23T12:00:00.000Z", previous: "", hash: "", cause: "", subject, transition, data };
}

const PULL = "pull:127.0.0.1:4000/5/7#oakum/main/base-app-1f";
const RELEASE = `release:github.com/5/7@${"a".repeat(40)}`;
const TARGET = "target:github.com/5/70/production/default";
const SCANS = { fixed: 5, introduced: 0, remaining: 2 };

describe("narrate", () => {
  it.each<[transition: string, subject: string, data: LedgerEntry["data"], told: Told]>([
    [
      "moved",
      "image:127.0.0.1:5000/base/app",
      { tag: "12", digest: DIGEST, users: 1 },
      { who: "app", what: "12 is sha256:abcdef012345 now; used by 1 repository" },
    ],
    [
      "moved",
      "image:docker.io/library/node",
      { tag: "22", digest: DIGEST, users: 3 },
      { who: "node", what: "22 is sha256:abcdef012345 now; used by 3 repositories" },
    ],
    [
      "pushed",
      PULL,
      {},
      {
        who: "payments",
        what: "branch pushed, every edit proved by reading the file again",
        next: "opening the pull request",
      },
    ],
    [
      "opened",
      PULL,
      { title: "fix: app" },
      { who: "payments", what: "pull request opened: fix: app", next: "asking for a rebuild" },
    ],
    [
      "build requested",
      PULL,
      {},
      {
        who: "payments",
        what: "rebuild asked for, on the new base",
        next: "rebuilding on the new base, then scanning",
      },
    ],
    [
      "verdict pass",
      PULL,
      SCANS,
      {
        who: "payments",
        what: "verdict pass (5 fixed, 0 introduced, 2 remaining)",
        tone: "good",
        next: "merging by policy",
      },
    ],
    [
      "verdict fail",
      PULL,
      { ...SCANS, reasons: ["findings-introduced", "known-exploited"] },
      {
        who: "payments",
        what: "verdict fail (5 fixed, 0 introduced, 2 remaining): the change introduces findings at or above the gate; a finding that is exploited in the wild would be introduced",
        tone: "bad",
      },
    ],
    [
      "verdict fail",
      PULL,
      { reasons: ["build-failed"] },
      { who: "payments", what: "verdict fail: the build failed", tone: "bad" },
    ],
    [
      "verdict held",
      PULL,
      { reasons: ["scan-unavailable"] },
      {
        who: "payments",
        what: "verdict held: the scan could not be done, and unknown is never clean",
        tone: "bad",
      },
    ],
    ["merge held", PULL, { reasons: ["from-the-future"] }, { who: "payments", what: "not merged: from-the-future" }],
    [
      "merged",
      PULL,
      { number: 12 },
      {
        who: "payments",
        what: "pull request #12 merged by policy",
        next: "waiting for the release, to check and scan it",
      },
    ],
    [
      "released",
      RELEASE,
      { image: `a.test/app@${DIGEST}`, targets: 1 },
      {
        who: "payments",
        what: "release sha256:abcdef012345 built, checked and scanned; 1 target",
        next: "starting the first deployment",
      },
    ],
    [
      "release rejected",
      RELEASE,
      { why: "scan-unavailable" },
      {
        who: "payments",
        what: "release rejected: the scan could not be done, and unknown is never clean",
        tone: "bad",
      },
    ],
    [
      "deployed",
      TARGET,
      { image: DIGEST },
      {
        who: "search",
        what: "production: deployment of sha256:abcdef012345 started",
        next: "production: rolling out",
      },
    ],
    [
      "rollback deployed",
      TARGET,
      { image: "", previous: DIGEST },
      {
        who: "search",
        what: "production: going back to sha256:abcdef012345",
        tone: "bad",
        next: "production: rolling back",
      },
    ],
    [
      "soaking",
      TARGET,
      {},
      {
        who: "search",
        what: "production: runs everywhere; soaking",
        next: "production: soaking, then asking again what runs",
      },
    ],
    [
      "confirmed",
      TARGET,
      { image: DIGEST },
      {
        who: "search",
        what: "production: confirmed, sha256:abcdef012345 runs, healthy, scanned again",
        tone: "good",
      },
    ],
    [
      "rolled-back",
      TARGET,
      { why: "unhealthy" },
      { who: "search", what: "production: rolled back: the target reports itself unhealthy", tone: "bad" },
    ],
    ["failed", TARGET, {}, { who: "search", what: "production: failed: ?", tone: "bad" }],
    [
      "pushed",
      "pull:github.com/5/99#x",
      {},
      {
        who: "pull:github.com/5/99#x",
        what: "branch pushed, every edit proved by reading the file again",
        next: "opening the pull request",
      },
    ],
  ])("tells %s of %s", (transition, subject, data, told) => {
    expect(narrate(entry(transition, subject, data), REPOSITORIES)).toEqual(told);
  });

  it.each(["merged intended", "deploying begun", "granted", "constructor", ""])(
    "leaves %s out of the story",
    (transition) => {
      expect(narrate(entry(transition, PULL), REPOSITORIES)).toBeUndefined();
    },
  );
});
