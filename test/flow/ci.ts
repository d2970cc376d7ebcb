import type { Pushed } from "../../sandbox/ci/build.ts";
import type { Control } from "../../sandbox/control.ts";
import { readBase } from "../../sandbox/registry/base.ts";
import { pushImage } from "../../sandbox/registry/image.ts";
import { type Layer, layer } from "../../sandbox/registry/layer.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { PLATFORM } from "./images.ts";

/** A queued workflow run, as a runner sees it. */
export interface Job {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly branch: string;
  readonly headSha: string;
  readonly event: string;
}

/** What a run leaves: images, the text of `images.json`, an end without any artifact, a failure; or it stays queued. */
export type Result = readonly Pushed[] | { readonly report: string } | "nothing" | "failure" | "queued";

/** Builds every queued run with `build`; whether there was one that ended. */
export async function runCi(control: Control, build: (job: Job) => Promise<Result>): Promise<boolean> {
  let worked = false;
  for (const job of await control.get<readonly Job[]>("jobs?status=queued")) {
    const result = await build(job);
    if (result === "queued") continue;
    worked = true;
    await control.post(`runs/${job.id}`, { status: "completed", ...endOf(result) });
  }
  return worked;
}

function endOf(result: Exclude<Result, "queued">) {
  if (result === "failure") return { conclusion: "failure" };
  if (result === "nothing") return { conclusion: "success" };
  const report = "report" in result ? result.report : JSON.stringify({ images: result });
  return { conclusion: "success", artifacts: { "oakum-build": { "images.json": report } } };
}

/** The build as it should be: what `Dockerfile`, as `read` finds it, stands on, and an application over it. */
export function buildWell(registry: string, read: (job: Job) => Promise<string>): (job: Job) => Promise<Result> {
  return async (job) => {
    const text = await read(job).catch(() => "");
    const { uses } = dockerfile.extract(new Map([["Dockerfile", text]]));
    const base = uses.find(({ role }) => role === "base")?.reference;
    if (base === undefined) return "failure";
    const found = await readBase(registry, base.repository, base.digest ?? base.tag ?? "latest", PLATFORM);
    return [await pushBuild(registry, job, [...found.layers, await layer({ "app/Dockerfile": text })])];
  };
}

/** Pushes what a run built, under the tag of its commit, which it is labelled with: no two commits build the same image. */
export async function pushBuild(
  registry: string,
  { owner, name, headSha }: Job,
  layers: readonly Layer[],
): Promise<Pushed> {
  const digest = await pushImage(registry, `${owner}/${name}`, [`sha-${headSha}`], {
    platforms: [PLATFORM],
    layers,
    config: { Labels: { "org.opencontainers.image.revision": headSha } },
  });
  return { name: `${new URL(registry).host}/${owner}/${name}`, digest };
}
