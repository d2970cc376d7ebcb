import { describe, expect, test } from "vitest";
import { planUpdates } from "../../../src/core/plan/plan.ts";
import { DEFAULT_POLICY, type PolicySubject } from "../../../src/core/policy/policy.ts";
import { formatReference } from "../../../src/core/reference.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { proveEdits } from "../../../src/flow/propose/prove-edits.ts";
import { dockerfile } from "../../../src/manager/dockerfile/dockerfile.ts";
import { digestOf } from "../arbitraries.ts";
import { NOW } from "./plan-world.ts";

const DAY = 24 * 60 * 60 * 1000;

/** A registry: the tags of each image; one with a `*` was first seen today. */
type Images = Readonly<Record<string, readonly string[]>>;

function factsOf(images: Images) {
  return new Map(
    Object.entries(images).map(([name, tags]) => {
      const image = { registry: "docker.io", repository: `library/${name}` };
      const observations = tags.map((text) => ({
        image,
        tag: text.replace("*", ""),
        digest: digestOf("a"),
        firstSeen: text.endsWith("*") ? NOW : NOW - 90 * DAY,
        lastSeen: NOW,
      }));
      return [
        `docker.io/library/${name}`,
        { state: "known" as const, tags: observations.map(({ tag }) => tag), observations },
      ];
    }),
  );
}

function planOf(text: string, images: Images, allow = DEFAULT_POLICY.allow) {
  const { uses } = dockerfile.extract(new Map([["Dockerfile", text]]));
  const policyOf = (_: PolicySubject) => ({ ...DEFAULT_POLICY, allow });
  return planUpdates({
    uses,
    facts: factsOf(images),
    policyOf,
    now: NOW,
    asOf: NOW,
    quarantined: new Set(),
    ignored: () => false,
  });
}

const ALL = ["digest", "pin", "patch", "minor", "major", "os"] as const;

/** What becomes of a Dockerfile, and of each image in it. */
function outcome(text: string, images: Images) {
  const plan = planOf(text, images, ALL);
  const changes = plan.groups.flatMap(({ updates }) => updates.flatMap((update) => update.changes));
  const proved = proveEdits(dockerfile, new Map([["Dockerfile", text]]), changes);
  expect(proved.state).toBe("proved");
  const short = (use: Use) => use.reference && formatReference(use.reference).replace("docker.io/library/", "");
  return {
    text: "files" in proved ? (proved.files.get("Dockerfile") ?? text) : undefined,
    uses: plan.uses.map(({ use, state, reason }) => [short(use), state, reason?.code].filter(Boolean).join(" ")),
    groups: plan.groups.map(({ id, updates }) => `${id}: ${updates.length}`),
  };
}

/** A Dockerfile of these ARGs, with a stage on each of these images; a variable is written as `<NAME>`. */
function file(args: string, ...images: readonly string[]): string {
  const from = images.map((image) => `FROM ${image.replaceAll("<", "$".concat("{")).replaceAll(">", "}")}\n`);
  return `ARG ${args}\n${from.join("")}`;
}

describe("a composed tag moves by its ARGs", () => {
  test("where the registry has the composed tag", () => {
    const tags = ["1.24-alpine3.21", "1.25-alpine3.21", "1.26-alpine3.22"];
    expect(outcome(file("GO=1.24 ALPINE=3.21", "golang:<GO>-alpine<ALPINE>"), { golang: tags }).text).toBe(
      file("GO=1.25 ALPINE=3.21", "golang:<GO>-alpine<ALPINE>"),
    );
  });

  test("and never gets a digest, which is told where policy wants one", () => {
    const { text, uses } = outcome(file("NODE=22", "node:<NODE>-slim"), { node: ["22-slim"] });
    expect(text).toBe(file("NODE=22", "node:<NODE>-slim"));
    expect(uses).toEqual(["node:22-slim held no-digest-field"]);
  });

  test("else it is held, and says why", () => {
    expect(outcome(file("REST=2", "app:2<REST>"), { app: ["22", "30"] }).uses).toEqual(["app:22 held partial-arg"]);
  });
});

describe("an ARG that feeds several images", () => {
  const both = file("ALPINE=3.21", "golang:1.24-alpine<ALPINE>", "alpine:<ALPINE>");
  const alpine = ["3.21", "3.22", "3.23"];

  test("moves all of them, in one pull, as far as all can go", () => {
    const golang = ["1.24-alpine3.21", "1.24-alpine3.22"];
    expect(outcome(both, { golang, alpine })).toEqual({
      text: file("ALPINE=3.22", "golang:1.24-alpine<ALPINE>", "alpine:<ALPINE>"),
      uses: ["golang:1.24-alpine3.21 update", "alpine:3.21 update"],
      groups: [expect.stringMatching(/^docker\.io\/library\/golang .*: 2$/)],
    });
  });

  test("stays where one of them has nowhere to go; what is beside it moves", () => {
    expect(outcome(both, { golang: ["1.24-alpine3.21", "1.25-alpine3.21"], alpine })).toMatchObject({
      text: file("ALPINE=3.21", "golang:1.25-alpine<ALPINE>", "alpine:<ALPINE>"),
      uses: ["golang:1.24-alpine3.21 update", "alpine:3.21 held shared-arg"],
    });
  });

  test("stays where nothing is known of one of them", () => {
    expect(outcome(both, { alpine })).toMatchObject({
      text: both,
      uses: ["golang:1.24-alpine3.21 unknown not-observed", "alpine:3.21 held shared-arg"],
    });
  });

  test("waits for all of them to be old enough", () => {
    const golang = ["1.24-alpine3.21", "1.24-alpine3.22*"];
    const plan = planOf(both, { golang, alpine }, ALL);
    expect(plan.groups).toEqual([]);
    expect(plan.dueAt).toBe(NOW + DEFAULT_POLICY.minAge * 1000);
    expect(plan.uses.map(({ state, reason }) => [state, reason?.code])).toEqual([
      ["held", "min-age"],
      ["held", "shared-arg"],
    ]);
  });

  test("gets no digest, even where one of them is nothing but it", () => {
    const text = file("BASE=node:22", "<BASE>", "<BASE>-slim");
    expect(outcome(text, { node: ["22", "24", "22-slim", "24-slim"] }).text).toBe(
      file("BASE=node:24", "<BASE>", "<BASE>-slim"),
    );
    expect(outcome(text, { node: ["22", "22-slim"] }).text).toBe(text);
  });

  test("stays where it also goes into what cannot be written", () => {
    const text = file("V=22", "node:<V>", "<NONE>/x:<V>");
    expect(outcome(text, { node: ["22", "24"] }).uses).toEqual([
      "node:22 held shared-arg",
      "unsupported unresolved-variable",
    ]);
  });

  test("as a mirror's name keeps none of them back, and a pull is for each", () => {
    const text = file("M=docker.io", "<M>/library/node:22", "<M>/library/alpine:3.21");
    const { groups, text: moved } = outcome(text, { node: ["22", "24"], alpine });
    expect(groups).toEqual(["docker.io/library/node N: 1", "docker.io/library/alpine N.N: 1"]);
    expect(moved).toContain("library/node:24@sha256:");
  });
});

test("a value that feeds more images than anyone has is left alone, in time", () => {
  const images = Array.from({ length: 500 }, (_, i) => [`i${i}`, ["1", "2", "3"]] as const);
  const text = file("V=1", ...images.map(([name]) => `${name}:<V>`));
  const plan = planOf(text, Object.fromEntries(images), ALL);
  expect(plan.groups).toEqual([]);
  expect(new Set(plan.uses.map(({ reason }) => reason?.code))).toEqual(new Set(["shared-arg"]));
});
