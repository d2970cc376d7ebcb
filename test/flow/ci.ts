import { buildCommit, type Pushed, type Source } from "../../sandbox/ci/build.ts";
import type { Control } from "../../sandbox/control.ts";

/** A queued workflow run, as a runner sees it. */
export interface Job extends Source {
  readonly id: number;
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

/** The build as it should be; one that cannot be done fails. */
export function buildWell(registry: string): (job: Job) => Promise<Result> {
  return (job) =>
    buildCommit(registry, job).then(
      (image) => [image],
      () => "failure",
    );
}
