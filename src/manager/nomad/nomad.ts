import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse, type Source } from "../syntax/hcl/expression-use.ts";
import { readHcl } from "../syntax/hcl/read.ts";
import { scopeOf, textAt } from "../syntax/hcl/scope.ts";
import type { HclBlock, HclBody } from "../syntax/hcl/tree.ts";
import type { FoundUse } from "../use/found.ts";

const NAMES = /\.(?:nomad|job)(?:\.hcl)?$|\.hcl$/i;
/** Files of other tools in the same syntax. */
const OTHERS = /(?:^|\/)(?:\.terraform\.lock|terragrunt|docker-bake[^/]*)\.hcl$|\.(?:pkr|bake|pkrvars)\.hcl$/i;
/** A job, which may be in any such file. */
const JOB = /^[ \t]*job[ \t]+"/m;
const DRIVERS: ReadonlySet<string> = new Set(["docker", "podman"]);
/** Where Podman takes the image from. */
const SOURCE = /^docker:\/\//;

/** Tasks of Docker and Podman in jobs: https://developer.hashicorp.com/nomad/docs/deploy/task-driver/docker */
export const nomad: Manager = eachFile({
  kind: "nomad",
  matches: (path) => NAMES.test(path) && !OTHERS.test(path),
  read(path, text) {
    if (!JOB.test(text) || !/\btask\b/.test(text) || !/\bimage\b/.test(text)) return NOTHING;
    const file = readHcl(path, text);
    const source = { path, text, file, lookup: scopeOf([{ path, text, body: file.body }]) };
    const jobs = file.body.blocks.filter(({ type }) => type === "job");
    return { found: jobs.flatMap(({ body }) => taskUses(source, body)), problems: file.problems };
  },
});

function taskUses(source: Source, body: HclBody): readonly FoundUse[] {
  return body.blocks.flatMap((block) => {
    if (block.type === "group") return taskUses(source, block.body);
    return block.type === "task" && DRIVERS.has(textAt(block.body, "driver") ?? "") ? configUses(source, block) : [];
  });
}

function configUses(source: Source, task: HclBlock): readonly FoundUse[] {
  const within = `task ${task.labels[0] ?? ""}`.slice(0, 128);
  return task.body.blocks.flatMap(({ type, body }) => {
    const expression = type === "config" ? body.attributes.get("image") : undefined;
    if (expression === undefined) return [];
    return [expressionUse("nomad", source, { expression, role: "workload", prefix: SOURCE, within })];
  });
}
