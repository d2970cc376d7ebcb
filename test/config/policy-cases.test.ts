import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Config } from "../../src/config/config.ts";
import { formatOrigin } from "../../src/config/explain.ts";
import { deliveryOf } from "../../src/config/grants.ts";
import { type ConfigFile, loadConfig } from "../../src/config/load.ts";
import { ignoredBy, policyOf } from "../../src/config/merge.ts";
import { loadOperator } from "../../src/config/operator.ts";
import { planUpdates } from "../../src/core/plan/plan.ts";
import type { ImageFacts, Plan, UpdateGroup } from "../../src/core/plan/update.ts";
import { dueOf } from "../../src/core/policy/due.ts";
import { type DecisionKey, decisionOf, type Policy, type Urgency } from "../../src/core/policy/policy.ts";
import { strictestOf } from "../../src/core/policy/strictness.ts";
import { formatDecision, formatSeconds, overruledText } from "../../src/core/policy/text.ts";
import { closedNow } from "../../src/core/policy/window.ts";
import { formatReference, type ImageReference } from "../../src/core/reference.ts";
import type { Properties } from "../../src/core/repository.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { digestOf } from "../core/arbitraries.ts";

/**
 * Policies that organisations have, one in each folder: the files of the repository, the organisation and the operator, a
 * small world, and what is decided in it. docs/policy.md tells of the same ones.
 */
const CASES = new URL("../fixtures/policy/", import.meta.url);
const DAY = 86_400_000;

/** Digests are a letter, and so many of it. */
interface World {
  readonly now: string;
  /** By name, with its properties; `null`: nobody knows them. */
  readonly repositories?: Readonly<Record<string, Properties | null>>;
  readonly files: Readonly<Record<string, string>>;
  /** By image and tag: what the tag names, and for how many days. */
  readonly observed: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What our scan says of who brings a digest. */
  readonly urgent?: Readonly<Record<string, Urgency>>;
}

function read(name: string, file: string): ConfigFile | undefined {
  const url = new URL(`${name}/${file}`, CASES);
  return existsSync(url) ? { path: file, text: readFileSync(url, "utf8") } : undefined;
}

function factsOf({ observed, now }: World): ReadonlyMap<string, ImageFacts> {
  return new Map(
    Object.entries(observed).map(([key, tags]) => {
      const [registry = "", ...repository] = key.split("/");
      const observations = Object.entries(tags).map(([tag, seen]) => {
        const [letter = "", days] = seen.split(" ");
        return {
          image: { registry, repository: repository.join("/") },
          tag,
          digest: digestOf(letter),
          firstSeen: Date.parse(now) - Number(days) * DAY,
          lastSeen: Date.parse(now),
        };
      });
      return [key, { state: "known", tags: Object.keys(tags), observations }];
    }),
  );
}

function planIn(world: World, config: Config): Plan {
  const files = Object.entries(world.files).map(([path, text]): [string, string] => {
    return [path, text.replaceAll(/@sha256:([a-f])\b/g, (_, letter: string) => `@${digestOf(letter)}`)];
  });
  const urgent = new Map(Object.entries(world.urgent ?? {}).map(([letter, urgency]) => [digestOf(letter), urgency]));
  return planUpdates({
    uses: dockerfile.extract(new Map(files)).uses,
    facts: factsOf(world),
    policyOf: policyOf(config),
    ignored: ignoredBy(config),
    urgencyOf: (_, { digest }) => (digest && urgent.get(digest)) ?? "normal",
    now: Date.parse(world.now),
    asOf: Date.parse(world.now),
    quarantined: new Set(),
  });
}

/** A decision and who made it, as the pull's body and `oakum explain` say it. */
function told(policy: Policy, key: DecisionKey, value?: string): string {
  const decided = decisionOf(policy, key);
  const over = overruledText(policy, key);
  const before = over === undefined ? "" : `, over ${over.value} by ${formatOrigin(over.origin)}`;
  const said = value ?? (decided === undefined ? "nothing" : formatDecision(key, decided));
  return `${said} by ${formatOrigin(policy.origins[key] ?? "default")}${before}`;
}

/** What is told of a pull; of what nobody decided only how it merges. */
function pullIn(group: UpdateGroup, config: Config, now: number) {
  const [first] = group.updates.map(({ policy }) => policy);
  if (first === undefined) throw new Error("a pull without an update");
  const { windows } = strictestOf(group.updates.map(({ policy }) => policy));
  const opening = (phase: "merge" | "deploy") => {
    const closed = closedNow(windows[phase], now);
    const from = closed?.opensAt === undefined ? "never" : `from ${new Date(closed.opensAt).toISOString()}`;
    return closed && told(first, `windows.${phase}`, from);
  };
  const decided = (key: DecisionKey) => (first.origins[key] === "default" ? undefined : told(first, key));
  const due = dueOf(group, config.due);
  return withoutGaps({
    group: group.id,
    updates: group.updates.map(({ from, to, change, urgency }) => {
      return `${short(from)} -> ${short(to)}, ${change}${urgency === "normal" ? "" : `, ${urgency}`}`;
    }),
    merge: told(first, "merge"),
    reviewers: decided("reviewers"),
    failOn: decided("gate.failOn"),
    signature: decided("signature"),
    merges: opening("merge"),
    deploys: opening("deploy"),
    due: due && `${new Date(due.at).toISOString()} by ${formatOrigin(due.origin)}`,
  });
}

function short(reference: ImageReference): string {
  return formatReference({ ...reference, registry: "r", repository: "i" })
    .replace("r/i:", "")
    .replace(/sha256:(.)\1{63}/, "$1");
}

function withoutGaps(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What becomes of a repository of a case. */
function decisionsIn(name: string, world: World, repository: string, properties: Properties | null): object {
  const about = { name: repository, ...(properties && { properties }) };
  const files = { repository: read(name, "repository.yml"), organisation: read(name, "organisation.yml") };
  const { config, problems } = loadConfig(files, about);
  expect(problems).toEqual([]);
  const plan = planIn(world, config);
  const now = Date.parse(world.now);
  const uses = plan.uses.map(({ use, state, reason }) => {
    return [`${use.path}:${use.line}`, reason === undefined ? state : `${state} ${reason.code}`];
  });
  return withoutGaps({
    uses: Object.fromEntries(uses),
    pulls: plan.groups.length === 0 ? undefined : plan.groups.map((group) => pullIn(group, config, now)),
    looksAgain: plan.dueAt === undefined ? undefined : new Date(plan.dueAt).toISOString(),
    stages: config.deploy.length === 0 ? undefined : stagesIn(name, config, repository),
  });
}

function stagesIn(name: string, { deploy }: Config, repository: string): readonly string[] {
  const operator = loadOperator(read(name, "operator.yml"), () => undefined);
  const [owner = "", short = ""] = repository.split("/");
  return deploy.map(({ environment, after, soak }) => {
    const delivery = deliveryOf(operator, environment, { owner, name: short, repository: 1 });
    if (delivery === undefined) return `${environment} not granted`;
    const order = after === undefined ? "" : `, after ${after}`;
    return `${environment} at ${delivery.running}${order}, soaks ${formatSeconds(soak)}`;
  });
}

const NAMES = readdirSync(CASES).toSorted();

describe("each policy decides what its organisation expects of it", () => {
  it.each(NAMES)("%s", (name) => {
    const world = parse(read(name, "world.yml")?.text ?? "") as World;
    const expected = parse(read(name, "expected.yml")?.text ?? "");
    const { repositories } = world;
    if (repositories === undefined) return expect(decisionsIn(name, world, "acme/shop", {})).toEqual(expected);
    const decided = Object.entries(repositories).map(([repository, properties]) => {
      return [repository, decisionsIn(name, world, repository, properties)] as const;
    });
    // `as NAME`: the same as of another one.
    const resolved = Object.entries(expected).map(([repository, one]) => {
      return [repository, typeof one === "string" ? expected[one.replace("as ", "")] : one] as const;
    });
    expect(Object.fromEntries(decided)).toEqual(Object.fromEntries(resolved));
  });
});

describe("docs/policy.md", () => {
  const documentation = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");

  it.each(NAMES)("shows the files of %s as they are", (name) => {
    for (const file of ["repository.yml", "organisation.yml", "operator.yml"]) {
      const text = read(name, file)?.text;
      if (text !== undefined) expect(documentation).toContain(`\`\`\`yaml\n${text}\`\`\`\n`);
    }
  });
});
