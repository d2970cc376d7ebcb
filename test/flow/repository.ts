import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Control } from "../../sandbox/control.ts";
import type { CheckRun } from "../../sandbox/github/state/check.ts";
import type { Deployment, DeploymentStatus } from "../../sandbox/github/state/deployment.ts";
import type { Issue, PullRequest } from "../../sandbox/github/state/issue.ts";
import type { WorkflowRun } from "../../sandbox/github/state/run.ts";
import type { Sha } from "../../src/core/repository.ts";

const run = promisify(execFile);

/** What GitHub holds of a pull, as the fake shows it. */
export type ShownPull = Omit<PullRequest, "pull"> &
  PullRequest["pull"] & {
    readonly comments: readonly {
      readonly author: string;
      readonly body: string;
      readonly reactions: readonly string[];
    }[];
  };

/** What GitHub holds of a repository, as the fake shows it. */
export interface Shown {
  readonly id: number;
  readonly path: string;
  readonly refs: Readonly<Record<string, Sha>>;
  readonly pulls: readonly ShownPull[];
  readonly issues: readonly Issue[];
  readonly checks: readonly (Omit<CheckRun, "app"> & { readonly app: string })[];
  readonly deployments: readonly (Deployment & { readonly statuses: readonly DeploymentStatus[] })[];
  readonly runs: readonly (Omit<WorkflowRun, "workflow"> & { readonly workflow: string })[];
}

/** A file of a commit by a person: its text, or bytes with a mode; `null` deletes it. */
export type Written = string | Uint8Array | null | { readonly mode: string; readonly content: string | Uint8Array };

/** A repository of `acme`, as people work with it. */
export class TestRepository {
  readonly id: number;
  readonly name: string;
  readonly #control: Control;
  readonly #token: string;
  readonly #github: string;

  constructor(place: { id: number; name: string; control: Control; github: string; token: string }) {
    this.id = place.id;
    this.name = place.name;
    this.#control = place.control;
    this.#github = place.github;
    this.#token = place.token;
  }

  get place() {
    return { owner: "acme", name: this.name };
  }

  async shown(): Promise<Shown> {
    const { repositories } = await this.#control.get<{ repositories: readonly Shown[] }>("state");
    const found = repositories.find(({ id }) => id === this.id);
    if (found === undefined) throw new Error(`there is no repository ${this.name}`);
    return found;
  }

  /** Pulls by number, the first one first. */
  async pulls(): Promise<readonly ShownPull[]> {
    return (await this.shown()).pulls.toSorted((one, other) => one.number - other.number);
  }

  /** The only pull there is. */
  async pull(): Promise<ShownPull> {
    const pulls = await this.pulls();
    if (pulls.length !== 1 || pulls[0] === undefined) throw new Error(`${this.name} has ${pulls.length} pulls`);
    return pulls[0];
  }

  /** Issues by number, pulls left out. */
  async issues(): Promise<readonly Issue[]> {
    return (await this.shown()).issues.toSorted((one, other) => one.number - other.number);
  }

  /** Branches by short name. */
  async branches(): Promise<ReadonlyMap<string, Sha>> {
    const { refs } = await this.shown();
    const heads = Object.entries(refs).filter(([name]) => name.startsWith("refs/heads/"));
    return new Map(heads.map(([name, sha]) => [name.slice("refs/heads/".length), sha]));
  }

  /** Check runs of a name on a commit, by the slug of their App. */
  async checks(name: string, sha: Sha) {
    return (await this.shown()).checks.filter((check) => check.name === name && check.headSha === sha);
  }

  /** A file's bytes at a commit or branch. */
  async file(at: string, path: string): Promise<Buffer> {
    const { content } = await this.rest<{ content: string }>("GET", `contents/${path}?ref=${at}`);
    return Buffer.from(content, "base64");
  }

  /** `git` on the bare repository, trimmed. */
  async git(...args: readonly string[]): Promise<string> {
    const { path } = await this.shown();
    return (await run("git", ["--git-dir", path, ...args])).stdout.trim();
  }

  /** A person's commit on a branch: on `from` (a branch or a commit), or on what the branch is, or on main. */
  async push(
    files: Readonly<Record<string, Written>>,
    { branch = "main", from, force = false }: { branch?: string; from?: string; force?: boolean } = {},
  ): Promise<Sha> {
    const isText = Object.values(files).every((written) => written === null || typeof written === "string");
    const commit = { ...this.place, branch, files, message: "By hand", force, ...(from !== undefined && { from }) };
    if (isText) return (await this.#control.post<{ sha: Sha }>("commits", commit)).sha;
    const parent = (await this.branches()).get(from ?? branch) ?? from;
    const tree = await Promise.all(Object.entries(files).map(([path, written]) => this.#entry(path, written)));
    const base = await this.rest<{ tree: { sha: string } }>("GET", `git/commits/${parent}`);
    const made = await this.rest<{ sha: string }>("POST", "git/trees", { base_tree: base.tree.sha, tree });
    const body = { message: "By hand", tree: made.sha, parents: [parent] };
    const { sha } = await this.rest<{ sha: string }>("POST", "git/commits", body);
    await this.point(branch, sha, force);
    return sha;
  }

  /** Lets a branch name a commit, as a person's push does. */
  async point(branch: string, sha: Sha, force = false): Promise<void> {
    const exists = (await this.branches()).has(branch);
    if (exists) await this.rest("PATCH", `git/refs/heads/${branch}`, { sha, force });
    else await this.rest("POST", "git/refs", { ref: `refs/heads/${branch}`, sha });
  }

  async #entry(path: string, written: Written) {
    if (written === null) return { path, mode: "100644", type: "blob", sha: null };
    const { mode, content } =
      typeof written === "string" || written instanceof Uint8Array ? { mode: "100644", content: written } : written;
    const blob = { content: Buffer.from(content).toString("base64"), encoding: "base64" };
    const { sha } = await this.rest<{ sha: string }>("POST", "git/blobs", blob);
    return { path, mode, type: "blob", sha };
  }

  close(number: number, login = "octocat"): Promise<unknown> {
    return this.#control.post("pulls/close", { ...this.place, number, login });
  }

  reopen(number: number, login = "octocat"): Promise<unknown> {
    return this.#control.post("pulls/reopen", { ...this.place, number, login });
  }

  /** A person's comment on a pull; answers with its id. */
  async comment(number: number, body: string, login = "octocat"): Promise<number> {
    return (await this.#control.post<{ id: number }>("comments", { ...this.place, number, login, body })).id;
  }

  editComment(id: number, body: string, login = "octocat"): Promise<unknown> {
    return this.#control.patch(`comments/${id}`, { login, body });
  }

  /** A person's edit of a pull's description. */
  describe(number: number, body: string, login = "octocat"): Promise<unknown> {
    return this.#control.post("pulls/edit", { ...this.place, number, login, body });
  }

  grant(login: string, permission: "read" | "triage" | "write" | "maintain" | "admin"): Promise<unknown> {
    return this.#control.post("collaborators", { ...this.place, login, permission });
  }

  merge(number: number, login = "octocat"): Promise<{ sha: Sha }> {
    return this.#control.post("pulls/merge", { ...this.place, number, login });
  }

  /** A person's review of the present head, or of `commit`; `permission` is what they may do in the repository. */
  async review(
    number: number,
    state: "APPROVED" | "CHANGES_REQUESTED",
    { login = "reviewer", permission = "write", commit }: { login?: string; permission?: string; commit?: Sha } = {},
  ): Promise<void> {
    await this.#control.post("collaborators", { ...this.place, login, permission });
    await this.#control.post("reviews", { ...this.place, number, login, state, ...(commit && { commit }) });
  }

  async archive(): Promise<void> {
    await this.#control.patch(`repositories/${this.id}`, { archived: true });
  }

  /** A call of GitHub's REST interface below this repository, as a person who may do everything. */
  async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#github}/repos/acme/${this.name}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}
