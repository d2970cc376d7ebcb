import { parseArgs } from "node:util";
import { controlOf } from "../control.ts";
import { buildCommit, type Source } from "./build.ts";

/**
 * A small CI runner: it takes the workflow runs that the fake GitHub has queued, builds each commit, and reports the
 * digest as the artifact `oakum-build`.
 */
const { values } = parseArgs({
  options: { github: { type: "string" }, registry: { type: "string" }, every: { type: "string", default: "200" } },
});
const { github, registry } = values;
if (github === undefined || registry === undefined) throw new Error("usage: ci --github URL --registry URL");
const control = controlOf(github);

interface WorkflowJob extends Source {
  readonly id: number;
}

async function work({ id, ...source }: WorkflowJob): Promise<void> {
  await control.post(`runs/${id}`, { status: "in_progress" });
  try {
    const images = [await buildCommit(registry ?? "", source)];
    const artifacts = { "oakum-build": { "images.json": JSON.stringify({ images }) } };
    await control.post(`runs/${id}`, { status: "completed", conclusion: "success", artifacts });
  } catch (error) {
    complain(error);
    await control.post(`runs/${id}`, { status: "completed", conclusion: "failure" });
  }
}

/** A run that was cut off by a crash of the runner is built again: pushing the same image twice is one image. */
async function look(): Promise<void> {
  for (const status of ["in_progress", "queued"]) {
    for (const job of await control.get<readonly WorkflowJob[]>(`jobs?status=${status}`)) await work(job);
  }
}

function complain(error: unknown): void {
  process.stderr.write(`ci: ${error instanceof Error ? error.message : String(error)}\n`);
}

function again(): void {
  look()
    .catch(complain)
    .finally(() => setTimeout(again, Number(values.every)));
}

process.stdout.write(`${JSON.stringify({ ready: true, url: github })}\n`);
process.on("SIGTERM", () => process.exit(0));
again();
