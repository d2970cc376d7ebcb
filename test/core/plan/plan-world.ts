import { type PlanInput, planUpdates } from "../../../src/core/plan/plan.ts";
import type { ImageFacts, KnownFacts } from "../../../src/core/plan/update.ts";
import { DEFAULT_POLICY, type Policy } from "../../../src/core/policy/policy.ts";
import { type Digest, parseReference } from "../../../src/core/reference.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { digestOf } from "../arbitraries.ts";

export const DAY = 24 * 60 * 60 * 1000;
export const NOW = Date.UTC(2026, 10, 23);

export const a = digestOf("a");
export const b = digestOf("b");
export const c = digestOf("c");

export function use(text: string, path = "Dockerfile"): Use {
  const reference = parseReference(text);
  return {
    manager: "dockerfile",
    path,
    line: 1,
    role: "base",
    text,
    span: { path, start: 5, end: 5 + text.length },
    resolved: text,
    ...(reference !== undefined && { reference }),
    variables: [],
  };
}

/** Each tag with what it names and for how many days; a tag without either is not yet observed. All are listed. */
export type World = Readonly<Record<string, readonly [digest: Digest, days: number, gone?: "gone"] | readonly []>>;

export const node = { registry: "docker.io", repository: "library/node" };

export function factsOf(world: World): KnownFacts {
  const tags = Object.entries(world);
  return {
    state: "known",
    tags: tags.map(([tag]) => tag),
    observations: tags.flatMap(([tag, [digest, days = 0, gone]]) =>
      digest === undefined
        ? []
        : [
            {
              image: node,
              tag,
              digest,
              firstSeen: NOW - days * DAY,
              lastSeen: NOW,
              ...(gone && { goneSince: NOW - DAY }),
            },
          ],
    ),
  };
}

export function plan(
  uses: readonly Use[],
  world: World | ImageFacts | undefined,
  policy: Partial<Policy> = {},
  input: Partial<PlanInput> = {},
) {
  const facts = world === undefined || "state" in world ? (world as ImageFacts | undefined) : factsOf(world as World);
  return planUpdates({
    uses,
    facts: new Map(facts === undefined ? [] : [["docker.io/library/node", facts]]),
    policyOf: () => ({ ...DEFAULT_POLICY, ...policy }),
    now: NOW,
    asOf: NOW,
    quarantined: new Set(),
    ignored: () => false,
    ...input,
  });
}

/** Versions of one track, the newest the youngest; all of them older than the default `minAge`. */
export const VERSIONS: World = {
  "22.1.0": [a, 90],
  "22.1.1": [b, 30],
  "22.2.0": [c, 20],
  "24.0.0": [digestOf("d"), 10],
};

/** `docker.io/library/node:22@sha256:aaaa…` as people say it: `22@a`. */
export function short(text: string): string {
  return text.replace(/^docker\.io\/library\/node:?/, "").replace(/sha256:(.)\1{63}/, "$1");
}
