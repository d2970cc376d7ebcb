import { describe, expect, it } from "vitest";
import { type BranchRules, mergeMethod, type RequiredCheck, unmetRules } from "../../../src/core/pull/branch-rules.ts";
import { noRules } from "../samples.ts";

const open: BranchRules = { ...noRules, requiredChecks: [{ context: "oakum" }] };

describe("mergeMethod", () => {
  it.each<[Partial<BranchRules>, string | undefined]>([
    [{}, "merge"],
    [{ linear: true }, "squash"],
    [{ methods: ["rebase"], linear: true }, "rebase"],
    [{ methods: ["rebase"], signatures: true }, undefined],
    [{ methods: ["merge"], linear: true }, undefined],
    [{ methods: ["squash", "rebase"], signatures: true }, "squash"],
    [{ methods: [] }, undefined],
  ])("%o: %s", (more, method) => {
    expect(mergeMethod({ ...open, ...more })).toBe(method);
  });
});

describe("unmetRules", () => {
  it.each<
    [
      string,
      Partial<BranchRules>,
      { auto?: boolean; own?: readonly string[]; silent?: readonly RequiredCheck[] },
      readonly string[],
    ]
  >([
    ["nothing", {}, { auto: true }, []],
    ["signed commits are GitHub's own", { signatures: true, strict: true, queue: true, opaque: ["workflows"] }, {}, []],
    ["no required check", { requiredChecks: [] }, { auto: true }, ["no-required-check"]],
    ["none needed where people merge", { requiredChecks: [] }, {}, []],
    [
      "approvals of an automatic merge",
      { approvals: 2, reviews: ["code owners"] },
      { auto: true },
      ["approval-required"],
    ],
    ["approvals where people merge", { approvals: 2, reviews: ["code owners"] }, {}, []],
    ["no way to merge", { methods: ["rebase"], signatures: true }, {}, ["no-merge-method"]],
    ["a queue has its own way", { methods: ["rebase"], signatures: true, queue: true }, {}, []],
    ["a deployment", { deployments: ["qa"] }, {}, ["deployment-required"]],
    ["an update by some only", { restricted: true }, {}, ["base-restricted"]],
    ["our own branches", {}, { own: ["creation"] }, ["branch-restricted"]],
    ["a check by an App that is nowhere", {}, { silent: [{ context: "lint", app: 7 }] }, ["check-silent"]],
  ])("%s", (_, more, { auto = false, own = [], silent = [] }, codes) => {
    expect(unmetRules({ ...open, ...more }, { auto, own, silent }).map(({ code }) => code)).toEqual(codes);
  });
});
