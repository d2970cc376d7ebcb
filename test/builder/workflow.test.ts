import pino from "pino";
import { describe, expect, test } from "vitest";
import type { BuildRequest } from "../../src/builder/builder.ts";
import { correlationOf } from "../../src/builder/workflow/correlation.ts";
import { readReport } from "../../src/builder/workflow/report.ts";
import { createWorkflowBuilder } from "../../src/builder/workflow.ts";
import { AppError } from "../../src/core/errors.ts";
import type { Trees } from "../../src/github/trees.ts";
import type { WorkflowRun, Workflows } from "../../src/github/workflows.ts";

const SHA = "a".repeat(40);
const DIGEST = `sha256:${"1".repeat(64)}`;
const NOW = 1_000_000_000;
const name = { registry: "ghcr.io", repository: "acme/web" };
const url = "https://github.com/acme/web/actions/runs/1";

const gate: BuildRequest = {
  repository: {
    host: "github.com",
    installation: 11,
    repository: 42,
    owner: "acme",
    name: "web",
    defaultBranch: "main",
    private: true,
    archived: false,
  },
  sha: SHA,
  branch: "oakum/main/node-1a2b3c",
  purpose: "gate",
  attempt: 1,
  workflow: "build.yml",
  expected: [name],
};
const release: BuildRequest = { ...gate, branch: "main", purpose: "release" };

function run(request: BuildRequest, overlay: Partial<WorkflowRun> = {}): WorkflowRun {
  return {
    id: 1,
    url,
    head: SHA,
    event: "workflow_dispatch",
    title: `build ${correlationOf(request)}`,
    createdAt: NOW,
    status: "completed",
    conclusion: "success",
    ...overlay,
  };
}

const pushed = (overlay: Partial<WorkflowRun> = {}) => run(gate, { id: 2, event: "push", title: "Merge", ...overlay });
const artifact = (text: string) => new Map([["images.json", new TextEncoder().encode(text)]]);
const report = JSON.stringify({ images: [{ name: "ghcr.io/acme/web", digest: DIGEST }] });

/** A builder whose GitHub has these runs, newest first, and these artifacts by run; with what it was told to do. */
function builderOf(runs: readonly WorkflowRun[], artifacts: Record<number, ReadonlyMap<string, Uint8Array>> = {}) {
  const acts: unknown[] = [];
  const world = { head: SHA as string | undefined };
  const workflows: Workflows = {
    dispatch: async (_, workflow, branch, inputs) => void acts.push({ workflow, branch, inputs }),
    runs: async () => runs,
    cancel: async (_, id) => void acts.push({ cancel: id }),
    artifact: async (_, id, wanted) => (wanted === "oakum-build" ? artifacts[id] : undefined),
  };
  const trees: Trees = {
    head: async () => world.head,
    tree: async () => [],
    blob: async () => new Uint8Array(),
    blobs: async () => new Map(),
  };
  const log = pino({ enabled: false });
  return {
    builder: createWorkflowBuilder({ github: { workflows, trees }, now: () => NOW, log }),
    workflows,
    acts,
    world,
  };
}

const dispatchOf = (request: BuildRequest) => ({
  workflow: "build.yml",
  branch: request.branch,
  inputs: { oakum: correlationOf(request), sha: SHA },
});
const done = { state: "done", value: [{ ...name, digest: DIGEST, url }] };
const failed = (code: string, detail: unknown = expect.stringContaining(url)) => ({
  state: "failed",
  reason: { code, detail },
});

describe("a build for the gate", () => {
  test("is dispatched with its correlation id", async () => {
    const { builder, acts } = builderOf([]);
    expect(await builder.find(gate)).toBeUndefined();
    expect(await builder.start(gate)).toBeUndefined();
    expect(acts).toEqual([dispatchOf(gate)]);
  });

  test("has another id for a further try, and does not take the run of the one before", async () => {
    const again = { ...gate, attempt: 2 };
    expect(correlationOf(again)).not.toBe(correlationOf(gate));
    const { builder } = builderOf([run(gate, { conclusion: "failure" })]);
    expect(await builder.find(again)).toBeUndefined();
  });

  test.each([
    ["b".repeat(40), "is bbbbbbb"],
    [undefined, "is gone"],
  ])("is not dispatched where the branch is at %s: that would be built instead", async (head, detail) => {
    const { builder, acts, world } = builderOf([]);
    world.head = head;
    const moved = { code: "branch-moved", detail: expect.stringContaining(detail) };
    expect(await builder.start(gate)).toEqual(moved);
    expect(acts).toEqual([]);
  });

  test.each<[string, Partial<WorkflowRun>]>([
    ["of another head", { head: "b".repeat(40) }],
    ["for the release", { title: `build ${correlationOf(release)}` }],
    ["of a push that names our id", { event: "push" }],
    ["that someone else dispatched", { title: "build" }],
  ])("never takes a run %s", async (_, overlay) => {
    const { builder } = builderOf([run(gate, overlay)], { 1: artifact(report) });
    expect(await builder.find(gate)).toBeUndefined();
  });

  test.each([
    [0, 2],
    [60_000, 6],
    [3_600_000, 30],
  ])("that has run for %i ms is asked for again after %i s", async (age, retryAfter) => {
    const { builder, acts } = builderOf([run(gate, { status: "in_progress", createdAt: NOW - age })]);
    expect(await builder.find(gate)).toEqual({ state: "pending", retryAfter });
    expect(acts).toEqual([]);
  });

  test("that succeeded answers with the images it reports", async () => {
    const { builder } = builderOf([run(gate)], { 1: artifact(report) });
    expect(await builder.find(gate)).toEqual(done);
  });

  test.each([
    ["failure", "build-failed"],
    ["cancelled", "build-failed"],
    ["timed_out", "build-failed"],
  ])("that ended in %s is %s, with its address", async (conclusion, code) => {
    const { builder } = builderOf([run(gate, { conclusion })]);
    expect(await builder.find(gate)).toEqual(failed(code));
  });

  test("that left no artifact is a mismatch", async () => {
    const { builder, acts } = builderOf([run(gate)]);
    expect(await builder.find(gate)).toEqual(failed("build-mismatch"));
    expect(acts).toEqual([]);
  });

  test("whose artifact cannot be unpacked is a mismatch", async () => {
    const { builder, workflows } = builderOf([run(gate)]);
    workflows.artifact = () => Promise.reject(new AppError("INPUT", "a bomb"));
    expect(await builder.find(gate)).toEqual(failed("build-mismatch"));
  });

  test("that cannot be dispatched has no builder; an outage is none of its faults", async () => {
    const { builder, workflows } = builderOf([]);
    workflows.dispatch = () => Promise.reject(new AppError("INPUT", "no workflow_dispatch"));
    expect(await builder.start(gate)).toEqual({ code: "no-builder", detail: "no workflow_dispatch" });
    workflows.dispatch = () => Promise.reject(new AppError("UNAVAILABLE", "down"));
    await expect(builder.start(gate)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("a build of the release", () => {
  test("is the push's own, where there is one", async () => {
    const { builder, acts } = builderOf([pushed()], { 2: artifact(report) });
    expect(await builder.find(release)).toEqual(done);
    expect(acts).toEqual([]);
  });

  test("is not there where the push's run reports nothing", async () => {
    expect(await builderOf([pushed()]).builder.find(release)).toBeUndefined();
  });

  test.each(["cancelled", "skipped"])("is not there where the push's run was %s", async (conclusion) => {
    const older = pushed({ id: 1, conclusion: "failure" });
    expect(await builderOf([pushed({ conclusion })]).builder.find(release)).toBeUndefined();
    expect(await builderOf([pushed({ conclusion }), older]).builder.find(release)).toEqual(failed("build-failed"));
  });

  test("is ours, where we dispatched one", async () => {
    const { builder } = builderOf([pushed({ conclusion: "failure" }), run(release)], { 1: artifact(report) });
    expect(await builder.find(release)).toEqual(done);
  });

  test("is not the gate's", async () => {
    expect(await builderOf([run(gate)], { 1: artifact(report) }).builder.find(release)).toBeUndefined();
  });
});

describe("cancelling", () => {
  test.each<[string, readonly WorkflowRun[], readonly unknown[]]>([
    ["stops our run", [run(release, { status: "in_progress" })], [{ cancel: 1 }]],
    ["leaves a finished one alone", [run(release)], []],
    ["leaves a push's run alone", [pushed({ status: "in_progress" })], []],
    ["does nothing where there is none", [], []],
  ])("%s", async (_, runs, told) => {
    const { builder, acts } = builderOf(runs);
    await builder.cancel(release);
    expect(acts).toEqual(told);
  });
});

describe("images.json", () => {
  const image = { name: "ghcr.io/acme/web", digest: DIGEST };
  const hostile: readonly [string, string][] = [
    ["no JSON", "images"],
    ["no images", JSON.stringify({ images: [] })],
    ["an unknown key", JSON.stringify({ images: [image], clean: true })],
    ["a prototype", `{"__proto__":{"images":[]},"images":[${JSON.stringify({ ...image, constructor: 1 })}]}`],
    ["a tag", JSON.stringify({ images: [{ ...image, digest: "latest" }] })],
    ["an upper-case digest", JSON.stringify({ images: [{ ...image, digest: `sha256:${"A".repeat(64)}` }] })],
    ["another name", JSON.stringify({ images: [{ ...image, name: "ghcr.io/acme/other" }] })],
    ["a name with a tag", JSON.stringify({ images: [{ ...image, name: "ghcr.io/acme/web:1" }] })],
    ["one name twice", JSON.stringify({ images: [image, image] })],
    ["too much", `${" ".repeat(64 * 1024)}${JSON.stringify({ images: [image] })}`],
  ];
  test.each(hostile)("with %s is a mismatch", (_, text) => {
    expect(readReport(new TextEncoder().encode(text), [name], url)).toEqual(failed("build-mismatch"));
  });

  test("that is no UTF-8 is a mismatch", () => {
    const bytes = new TextEncoder().encode(report.replace("acme/web", "acme/we?"));
    bytes[bytes.indexOf(0x3f)] = 0xff;
    expect(readReport(bytes, [name], url)).toEqual(failed("build-mismatch"));
  });

  test("is of as many images as were expected, or fewer", () => {
    const other = { registry: "ghcr.io", repository: "acme/other" };
    expect(readReport(new TextEncoder().encode(report), [other, name], url)).toEqual(done);
  });
});
