import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** The API address of a repository. */
export function apiOf(world: World, repository: Repository): string {
  return `${world.url}/repos/${repository.owner}/${repository.name}`;
}

/** Where a person would look at a repository. */
export function pageOf(world: World, repository: Repository): string {
  return `${world.url}/${repository.owner}/${repository.name}`;
}

/** GitHub's opaque global id, which GraphQL takes. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`${type}:${id}`).toString("base64");
}

/** What a global id stands for; `undefined` for one that is none of ours. */
export function parseNodeId(text: string): { readonly type: string; readonly id: number } | undefined {
  const [, type, id] = /^([A-Za-z]+):(\d+)$/.exec(Buffer.from(text, "base64").toString()) ?? [];
  return type === undefined ? undefined : { type, id: Number(id) };
}
