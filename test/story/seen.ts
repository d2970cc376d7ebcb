import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { World } from "../../sandbox/world.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import type { Notice } from "../../src/notifier/notifier.ts";

const run = promisify(execFile);

/** A repository as the fake GitHub has it, as far as the story asks. */
export interface SeenRepository {
  readonly id: number;
  readonly name: string;
  /** Its bare repository. */
  readonly path: string;
  readonly refs: Readonly<Record<string, string>>;
  readonly pulls: readonly SeenPull[];
  readonly issues: readonly unknown[];
  readonly checks: readonly SeenCheck[];
  readonly deployments: readonly SeenDeployment[];
  readonly runs: readonly SeenRun[];
}

export interface SeenPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
  readonly draft: boolean;
  readonly mergedBy: string | null;
  readonly mergeCommit: string | null;
  readonly comments: readonly unknown[];
}

export interface SeenCheck {
  readonly app: string;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly annotations: readonly { readonly path: string; readonly start_line: number; readonly message: string }[];
}

export interface SeenDeployment {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  readonly creator: string;
  readonly payload: { readonly oakum: { readonly key: string; readonly image: string; readonly target: string } };
  readonly statuses: readonly {
    readonly id: number;
    readonly state: string;
    readonly description: string;
    readonly creator: string;
  }[];
}

export interface SeenRun {
  readonly event: string;
  readonly branch: string;
  readonly headSha: string;
  readonly actor: string;
  readonly conclusion: string | null;
}

export async function repositoryOf({ control }: World, name: string): Promise<SeenRepository> {
  const { repositories } = await control.get<{ readonly repositories: readonly SeenRepository[] }>("state");
  const found = repositories.find((one) => one.name === name);
  if (found === undefined) throw new Error(`acme has no ${name}`);
  return found;
}

/** What a request did, as GitHub's own log of requests tells. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly actor: string | null;
  readonly operation: string | null;
}

export async function requestsTo({ control }: World): Promise<readonly SeenRequest[]> {
  return (await control.get<{ readonly requests: readonly SeenRequest[] }>("requests")).requests;
}

/** The facts about one repository, in order. */
export function factsAbout(entries: readonly LedgerEntry[], { id }: SeenRepository): readonly LedgerEntry[] {
  return entries.filter(({ subject }) => new RegExp(`^\\w+:[^/]+/\\d+/${id}\\b`).test(subject));
}

export async function noticesIn({ urls }: World): Promise<readonly Notice[]> {
  const lines = (await (await fetch(urls.chat)).text()).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Notice);
}

/** The digests that run, and whether they are well. */
export async function runningOn({ urls }: World, name: string, environment: string): Promise<unknown> {
  return (await fetch(`${urls.cd}/workloads/acme/${name}/${environment}`)).json();
}

/** The digest that CI pushed for a commit. */
export async function builtOf({ urls }: World, name: string, commit: string): Promise<string | null> {
  const address = `${urls.registry}/v2/acme/${name}/manifests/sha-${commit}`;
  const headers = { accept: "application/vnd.oci.image.index.v1+json" };
  return (await fetch(address, { method: "HEAD", headers })).headers.get("docker-content-digest");
}

/** What a tag of a base image names now. */
export async function namedBy({ urls }: World, repository: string, tag: string): Promise<string> {
  const headers = { accept: "application/vnd.oci.image.index.v1+json" };
  const answer = await fetch(`${urls.registry}/v2/${repository}/manifests/${tag}`, { method: "HEAD", headers });
  return answer.headers.get("docker-content-digest") ?? "nothing";
}

/** What git says about a repository. */
export async function git({ path }: SeenRepository, ...parameters: readonly string[]): Promise<string> {
  return (await run("git", ["--git-dir", path, ...parameters])).stdout;
}
