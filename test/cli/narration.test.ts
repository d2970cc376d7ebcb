import { describe, expect, it } from "vitest";
import { narrate } from "../../src/cli/narration.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";

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
  it.each<[transition: string, subject: string, data: LedgerEntry["data"], who: string, what: string]>([
    [
      "moved",
      "image:127.0.0.1:5000/base/app",
      { tag: "12", digest: DIGEST, users: 1 },
      "app",
      "12 names sha256:abcdef012345 now; used by 1 repository",
    ],
    [
      "moved",
      "image:docker.io/library/node",
      { tag: "22", digest: DIGEST, users: 3 },
      "node",
      "22 names sha256:abcdef012345 now; used by 3 repositories",
    ],
    ["pushed", PULL, {}, "payments", "branch pushed, every edit proved by reading the file again"],
    ["opened", PULL, { title: "fix: app" }, "payments", "pull request opened: fix: app"],
    ["build requested", PULL, {}, "payments", "rebuild asked for, on the new base"],
    ["verdict pass", PULL, SCANS, "payments", "verdict: pass (5 fixed, 0 introduced, 2 remaining)"],
    [
      "verdict fail",
      PULL,
      { ...SCANS, reasons: ["findings-introduced", "known-exploited"] },
      "payments",
      "verdict: fail (5 fixed, 0 introduced, 2 remaining): the change introduces findings at or above the gate; a finding that is exploited in the wild would be introduced",
    ],
    ["verdict fail", PULL, { reasons: ["build-failed"] }, "payments", "verdict: fail: the build failed"],
    [
      "verdict held",
      PULL,
      { reasons: ["scan-unavailable"] },
      "payments",
      "verdict: held: the scan could not be done, and unknown is never clean",
    ],
    ["merge held", PULL, { reasons: ["from-the-future"] }, "payments", "not merged: from-the-future"],
    ["merged", PULL, { number: 12 }, "payments", "pull request #12 merged by policy"],
    [
      "released",
      RELEASE,
      { image: `a.test/app@${DIGEST}`, targets: 1 },
      "payments",
      "release sha256:abcdef012345 built, checked and scanned; 1 target",
    ],
    ["release rejected", RELEASE, { why: "scan-unavailable" }, "payments", "release rejected: scan-unavailable"],
    ["deployed", TARGET, { image: DIGEST }, "search production", "deployment of sha256:abcdef012345 started"],
    [
      "rollback deployed",
      TARGET,
      { image: "", previous: DIGEST },
      "search production",
      "going back to sha256:abcdef012345",
    ],
    ["soaking", TARGET, {}, "search production", "runs everywhere; soaking"],
    [
      "confirmed",
      TARGET,
      { image: DIGEST },
      "search production",
      "confirmed: sha256:abcdef012345 runs, healthy, scanned again",
    ],
    ["rolled-back", TARGET, { why: "unhealthy" }, "search production", "rolled back: unhealthy"],
    ["failed", TARGET, {}, "search production", "failed: ?"],
    [
      "pushed",
      "pull:github.com/5/99#x",
      {},
      "pull:github.com/5/99#x",
      "branch pushed, every edit proved by reading the file again",
    ],
  ])("tells %s of %s", (transition, subject, data, who, what) => {
    expect(narrate(entry(transition, subject, data), REPOSITORIES)).toEqual({ who, what });
  });

  it.each(["merged intended", "deploying begun", "granted", "constructor", ""])(
    "leaves %s out of the story",
    (transition) => {
      expect(narrate(entry(transition, PULL), REPOSITORIES)).toBeUndefined();
    },
  );
});
