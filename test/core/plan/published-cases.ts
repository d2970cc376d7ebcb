import { readFileSync } from "node:fs";
import { knownImage } from "../../../src/core/plan/candidate.ts";
import { followTags } from "../../../src/core/plan/follow.ts";
import type { KnownFacts } from "../../../src/core/plan/update.ts";
import { DEFAULT_POLICY, type Policy } from "../../../src/core/policy/policy.ts";
import { imageKey } from "../../../src/core/reference.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { NOW, node, plan } from "./plan-world.ts";

/** Tags that name one digest, and the one that it is followed by; several where nothing decides. All separated by spaces. */
export interface PublishedCase {
  /** The rule that the case is the example of, in docs/tags.md. */
  readonly rule?: string;
  readonly tags: string;
  readonly policy?: string;
  readonly follow: string;
}

/** `test/fixtures/core/published-tags.json`. */
export function publishedCases(): readonly PublishedCase[] {
  const file = new URL("../../fixtures/core/published-tags.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as readonly PublishedCase[];
}

/** The plan of a use of a digest alone, followed by what is known of it. */
export function followedPlan(one: Use, facts: KnownFacts, policy: Partial<Policy> = {}) {
  const images = new Map([[imageKey(node), knownImage(imageKey(node), facts, NOW)]]);
  return plan(
    followTags([one], images, () => ({ ...DEFAULT_POLICY, ...policy })),
    facts,
    policy,
  );
}
