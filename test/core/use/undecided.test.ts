import { expect, it } from "vitest";
import type { UseState } from "../../../src/core/plan/update.ts";
import { type ReasonCode, reason } from "../../../src/core/reason.ts";
import { isUndecided } from "../../../src/core/use/undecided.ts";
import { group, node, use } from "../samples.ts";

it.each<[UseState, ReasonCode | undefined, boolean]>([
  ["unknown", "not-observed", true],
  ["auth-failed", "registry-denied", true],
  ["held", "registry-unavailable", true],
  ["held", "registry-not-allowed", true],
  ["held", "too-many-tags", true],
  ["held", "tags-unlisted", true],
  ["held", "min-age", true],
  ["held", "outside-window", true],
  ["held", "quarantined", false],
  ["held", "ignored", false],
  ["current", undefined, false],
  ["unsupported", "invalid-reference", false],
])("a use that is %s (%s): %s", (state, code, undecided) => {
  const why = code === undefined ? {} : { reason: reason(code) };
  const here = use("Dockerfile", 7, { reference: node("24.3.0-slim", "1f0a") });
  const elsewhere = use("other/Dockerfile", 1, { reference: node("24.3.0-slim", "1f0a") });
  expect(isUndecided(group(), [{ use: here, state, ...why }])).toBe(undecided);
  expect(isUndecided(group(), [{ use: elsewhere, state, ...why }])).toBe(false);
});
