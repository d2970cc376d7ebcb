import { parseArgs } from "node:util";
import { controlOf } from "../control.ts";
import { buildCommit, type Source } from "./build.ts";

/**
 * A small CI runner: it takes the workflow runs that the fake GitHub has queued, builds each commit, and reports the
 * digest as the artifact `oakum-build`.
 */
const { values } = parseArgs({ options: { github: { type: "string" }, registry: { type: "string" } } });
const { github, registry } = values;
if (github === undefined || registry === undefined) throw new Error("usage: ci --github URL --registry URL");
/** Milliseconds between two looks. */
const EVERY = 100;
const control = controlOf(github);

interface WorkflowJob extends Source {
  readonly id: number;
}

/** Builds everything of a status at once. A build's failure is its run's; what else fails is looked at again. */
async function look(status: "queued" | "in_progress"): Promise<void> {
  const jobs = await control.get<readonly WorkflowJob[]>(`jobs?status=${status}`);
  await Promise.all(jobs.map((job) => work(job, registry ?? "")));
}

async function work({ id, ...source }: WorkflowJob, registry: string): Promise<void> {
  await control.post(`runs/${id}`, { status: "in_progress" });
  const images = await buildCommit(registry, source).catch(complain);
  const end =
    images === undefined
      ? { conclusion: "failure" }
      : {
          conclusion: "success",
          artifacts: { "oakum-build": { "images.json": JSON.stringify({ images: [images] }) } },
        };
  await control.post(`runs/${id}`, { status: "completed", ...end });
}

function complain(error: unknown): undefined {
  process.stderr.write(`ci: ${error instanceof Error ? error.message : error}\n`);
}

/** Runs that a crash on either side cut off are built again first: pushing the same image twice is one image. */
async function serve(): Promise<void> {
  let status: "queued" | "in_progress" = "in_progress";
  for (;;) {
    try {
      await look(status);
      status = "queued";
    } catch (error) {
      complain(error);
      status = "in_progress";
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

process.on("SIGTERM", () => process.exit(0));
process.stdout.write('{"ready":true}\n');
await serve();
