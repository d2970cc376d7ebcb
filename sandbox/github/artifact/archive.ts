import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../git/store.ts";
import type { Artifact, WorkflowRun } from "../state/run.ts";
import type { World } from "../world.ts";
import { writeZip } from "./zip.ts";

function pathOf(folder: string, id: number): string {
  return join(folder, "artifacts", `${id}.zip`);
}

/** Keeps files as an artifact of a run, as `actions/upload-artifact` does. */
export function storeArtifact(
  world: World,
  run: WorkflowRun,
  name: string,
  files: Readonly<Record<string, string>>,
): Artifact {
  const zip = writeZip(files);
  const id = world.state.nextId();
  replaceFile(pathOf(world.folder, id), zip);
  const digest = `sha256:${createHash("sha256").update(zip).digest("hex")}`;
  const of = { repository: run.repository, run: run.id, name };
  return world.state.put("artifact", { id, ...of, size: zip.length, digest, createdAt: world.timestamp() });
}

/** The zip of an artifact; `undefined` when it is not there. */
export function readArtifact(folder: string, id: number): Buffer | undefined {
  const path = pathOf(folder, id);
  return existsSync(path) ? readFileSync(path) : undefined;
}
