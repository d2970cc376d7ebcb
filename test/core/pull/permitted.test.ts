import { expect, it } from "vitest";
import type { Update } from "../../../src/core/plan/update.ts";
import { objectionsTo } from "../../../src/core/pull/permitted.ts";
import { sentence } from "../../../src/core/reason.ts";
import { group, node, policy, update, use } from "../samples.ts";

const to = node("24.3.1-slim", "77b4");
const changes = ["a/Dockerfile", "b/Dockerfile"].map((path) => ({ use: use(path, 1), to }));

it.each<[string, Partial<Update>, readonly string[]]>([
  ["what policy permits", {}, []],
  ["a class that it does not", { policy: { ...policy, allow: ["digest"] } }, ["24.3.1-slim (patch)"]],
  ["a tag that it does not", { policy: { ...policy, tags: "22*" } }, ["24.3.1-slim does not match 22*"]],
  ["an OS release that changes a patch besides", { change: "os" }, ["24.3.1-slim (os)"]],
  [
    "the patch beside a permitted OS release",
    {
      from: node("24.3.0-bookworm", "1f0a"),
      to: node("24.3.1-trixie", "77b4"),
      change: "os",
      policy: { ...policy, allow: ["os"] },
    },
    ["24.3.1-trixie (patch)"],
  ],
])("%s", (_, more, details) => {
  const found = objectionsTo(group([update({ changes, ...more })]), () => false);
  expect(found.map(({ detail }) => detail)).toEqual(details);
});

it("names the files that configuration ignores by now", () => {
  const found = objectionsTo(group([update({ changes })]), (path) => path.startsWith("b/"));
  expect(found.map(sentence)).toEqual(["ignored by configuration (b/Dockerfile)"]);
});
