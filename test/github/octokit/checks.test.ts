import nock from "nock";
import { describe, expect, test } from "vitest";
import type { CheckReport } from "../../../src/github/checks.ts";
import { API, mockApp, mockedGitHub, SHA, useNock, web } from "./mocked-github.ts";

useNock();

const RUNS = `/repos/acme/web/commits/${SHA}/check-runs`;
const report: CheckReport = {
  name: "oakum",
  head: SHA,
  externalId: "now",
  status: "completed",
  conclusion: "failure",
  title: "t",
  summary: "s",
  annotations: [],
};

function standing(external_id: string, status: string, annotations_count: number) {
  return { id: 9, name: "oakum", app: { id: 7 }, external_id, status, conclusion: null, output: { annotations_count } };
}

interface Write {
  readonly path: string;
  readonly status: string;
  readonly conclusion?: string;
  readonly annotations: number;
}

interface Body {
  readonly status: string;
  readonly conclusion?: string;
  readonly output: { readonly annotations: readonly unknown[] };
}

/** What is written for a report of `count` annotations, where `runs` stand in a suite of this status. */
async function written(runs: readonly object[], count: number, suite = "completed"): Promise<readonly Write[]> {
  const writes: Write[] = [];
  mockApp();
  nock(API)
    .get(RUNS)
    .query({ check_name: "oakum", app_id: 7, filter: "latest" })
    .reply(200, { total_count: runs.length, check_runs: runs });
  nock(API)
    .get(`/repos/acme/web/commits/${SHA}/check-suites`)
    .query({ app_id: 7 })
    .optionally()
    .reply(200, { total_count: 1, check_suites: [{ id: 3, status: suite }] });
  for (const method of ["post", "patch"] as const) {
    nock(API)
      .persist()
      [method](/check-runs/)
      .optionally()
      .reply(200, async (request: Request) => {
        const { status, conclusion, output } = (await request.json()) as Body;
        const path = `${request.method} ${new URL(request.url).pathname.replace("/repos/acme/web/", "")}`;
        writes.push({ path, status, ...(conclusion && { conclusion }), annotations: output.annotations.length });
        return { id: 12 };
      });
  }
  const annotation = { path: "Dockerfile", line: 1, level: "failure", title: "t", message: "m" } as const;
  await mockedGitHub().checks.report(web, { ...report, annotations: Array(count).fill(annotation) });
  return writes;
}

describe("a report", () => {
  const end = { status: "completed", conclusion: "failure" };
  const more = { status: "in_progress", annotations: 50 };
  const create = "POST check-runs";
  const cases: readonly [string, readonly object[], number, readonly Write[]][] = [
    ["the first", [], 0, [{ path: create, ...end, annotations: 0 }]],
    ["the same again", [standing("now", "completed", 3)], 3, []],
    [
      "one after another that is done",
      [standing("old", "completed", 3)],
      3,
      [{ path: create, ...end, annotations: 3 }],
    ],
    [
      "one after another that has begun",
      [standing("old", "in_progress", 0)],
      3,
      [{ path: "PATCH check-runs/9", ...end, annotations: 3 }],
    ],
    [
      "one after another that was cut off among its annotations",
      [standing("old", "in_progress", 50)],
      3,
      [{ path: create, ...end, annotations: 3 }],
    ],
    [
      "one of 120 annotations, done only with the last",
      [],
      120,
      [
        { path: create, ...more },
        { path: "PATCH check-runs/12", ...more },
        { path: "PATCH check-runs/12", ...end, annotations: 20 },
      ],
    ],
    [
      "one that was cut off after its first batch",
      [standing("now", "in_progress", 50)],
      120,
      [
        { path: "PATCH check-runs/9", ...more },
        { path: "PATCH check-runs/9", ...end, annotations: 20 },
      ],
    ],
    [
      "one that was cut off before it was done",
      [standing("now", "in_progress", 50)],
      50,
      [{ path: "PATCH check-runs/9", ...end, annotations: 0 }],
    ],
    [
      "one where another App has one of that name",
      [{ ...standing("now", "completed", 0), app: { id: 8 } }],
      0,
      [{ path: create, ...end, annotations: 0 }],
    ],
  ];
  test.each(cases)("%s", async (_, runs, count, writes) => {
    expect(await written(runs, count)).toEqual(writes);
  });

  test("the same again, where somebody asked for it", async () => {
    const writes = await written([standing("now", "completed", 3)], 3, "queued");
    expect(writes).toEqual([{ path: create, ...end, annotations: 3 }]);
  });
});

describe("the list", () => {
  const run = { id: 1, name: "build", app: { id: 15 }, external_id: null, status: "waiting", conclusion: null };
  const listRuns = () =>
    nock(API)
      .get(RUNS)
      .query({ filter: "latest", per_page: 100 })
      .reply(200, { total_count: 1, check_runs: [run] });

  test("holds statuses as check runs without an App", async () => {
    mockApp();
    listRuns();
    const statuses = [
      { id: 2, context: "ci", state: "error" },
      { id: 3, context: "cd", state: "pending" },
    ];
    nock(API)
      .get(`/repos/acme/web/commits/${SHA}/status?per_page=100&page=1`)
      .reply(200, { url: API, total_count: 2, statuses });
    expect(await mockedGitHub().checks.list(web, SHA)).toEqual([
      { id: 1, name: "build", app: 15, externalId: "", status: "other" },
      { id: 2, name: "ci", app: undefined, externalId: "", status: "completed", conclusion: "failure" },
      { id: 3, name: "cd", app: undefined, externalId: "", status: "in_progress" },
    ]);
  });

  test("is without statuses where we may not read them", async () => {
    mockApp();
    listRuns();
    nock(API).get(`/repos/acme/web/commits/${SHA}/status?per_page=100&page=1`).reply(403, { message: "no" });
    expect(await mockedGitHub().checks.list(web, SHA)).toHaveLength(1);
  });
});
