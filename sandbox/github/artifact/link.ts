import { createHmac } from "node:crypto";
import { must } from "../refusal.ts";
import type { World } from "../world.ts";
import { readArtifact } from "./archive.ts";

const life = 60_000;
// Not a secret: it only has to make a link that was altered fail.
const sign = (id: number, expires: number) =>
  createHmac("sha256", "the sandbox's storage").update(`${id}:${expires}`).digest("hex");

/** A link to an artifact that needs no credential and holds for a minute, as GitHub's storage gives. */
export function signArtifact(world: World, id: number): string {
  const expires = world.now() + life;
  return `${world.url}/_storage/artifacts/${id}.zip?expires=${expires}&signature=${sign(id, expires)}`;
}

/** The zip behind such a link; throws 404 for a wrong or stale one. */
export function openArtifactLink(world: World, address: URL): Buffer {
  const id = Number(/^\/_storage\/artifacts\/(\d+)\.zip$/.exec(address.pathname)?.[1]);
  const expires = Number(address.searchParams.get("expires"));
  const good = address.searchParams.get("signature") === sign(id, expires) && expires > world.now();
  return must(good ? readArtifact(world.folder, id) : undefined);
}
