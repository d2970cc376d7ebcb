import { randomBytes } from "node:crypto";
import { covers } from "../access/actor.ts";
import { emit, queueDelivery } from "../act/emit.ts";
import { setRef } from "../act/ref.ts";
import type { Pusher } from "../act/refs.ts";
import { registerWorkflows, startPushRuns } from "../act/run.ts";
import { writeCommit } from "../git/commit.ts";
import { type TreeChange, writeTree } from "../git/tree.ts";
import { invalid, must } from "../refusal.ts";
import type { App, Installation, Team } from "../state/access.ts";
import type { Repository, Rule } from "../state/repository.ts";
import { viewUser } from "../view/account.ts";
import { nodeId } from "../view/address.ts";
import { viewInstallation } from "../view/app.ts";
import { noReplyAddress } from "../view/commit.ts";
import { actionsApp, type World } from "../world.ts";
import type { Input } from "./input.ts";

export const person = (login: string): Pusher => ({ login, bypass: true });

/** The repository of a name, or 404. */
export function repositoryNamed(
  world: World,
  { owner, name }: { readonly owner: string; readonly name: string },
): Repository {
  return must(world.state.find("repository", (one) => one.owner === owner && one.name === name));
}

function addAccount(world: World, login: string): void {
  if (world.state.find("account", (one) => one.login === login) !== undefined) return;
  world.state.put("account", { id: world.state.nextId(), login, type: "Organization" });
}

/** The App that GitHub's own CI reports as; it is there from the start. */
export function seedActions(world: World): void {
  if (world.state.get("app", actionsApp.id) !== undefined) return;
  const silent = { publicKey: "", webhookUrl: "", webhookSecret: "", events: [] };
  const permissions = { checks: "write", contents: "read" };
  world.state.put("app", { ...actionsApp, ...silent, owner: "github", permissions, createdAt: world.timestamp() });
}

/** Registers an App, or changes the one of this id. */
export function addApp(world: World, input: Input<"app">): App {
  const createdAt = world.state.get("app", input.id)?.createdAt ?? world.timestamp();
  return world.state.put("app", { ...input, createdAt });
}

/** Installs an App on an account, and tells it so. */
export function addInstallation(world: World, input: Input<"installation">): Installation {
  const app = must(world.state.get("app", input.app));
  addAccount(world, input.account);
  const chosen = input.repositories;
  const idOf = (one: number | string) =>
    typeof one === "number" ? one : repositoryNamed(world, { owner: input.account, name: one }).id;
  const installation = world.state.put("installation", {
    id: world.state.nextId(),
    app: app.id,
    account: input.account,
    repositories: chosen === "all" ? "all" : chosen.map(idOf),
    permissions: app.permissions,
    events: app.events,
    createdAt: world.timestamp(),
  });
  const repositories = world.state.all("repository", (one) => covers(installation, one));
  queueDelivery(world, app, installation, "installation", {
    action: "created",
    installation: viewInstallation(world, installation),
    repositories: repositories.map((one) => ({
      id: one.id,
      node_id: nodeId("Repository", one.id),
      name: one.name,
      full_name: `${one.owner}/${one.name}`,
      private: one.private,
    })),
    requester: null,
    sender: viewUser(world, app.owner),
  });
  return installation;
}

/** A team of an organisation. */
export function addTeam(world: World, input: Input<"team">): Team {
  return world.state.put("team", { id: world.state.nextId(), ...input });
}

/** Lets an installation reach these repositories and no others, or do more; suspends it, or ends that. */
export function changeInstallation(world: World, input: Input<"installationChange">, id: number): Installation {
  const standing = must(world.state.get("installation", id));
  const { repositories = standing.repositories, events = standing.events, suspended } = input;
  const agreed = { ...standing, repositories, events, permissions: { ...standing.permissions, ...input.permissions } };
  if (suspended === undefined) return world.state.put("installation", agreed);
  const changed = world.state.put("installation", { ...agreed, suspendedAt: suspended ? world.timestamp() : null });
  tellOfInstallation(world, changed, suspended ? "suspend" : "unsuspend");
  return changed;
}

/** Takes the App off its account. */
export function removeInstallation(world: World, id: number): void {
  tellOfInstallation(world, must(world.state.get("installation", id)), "deleted");
  world.state.remove("installation", id);
}

function tellOfInstallation(world: World, installation: Installation, action: string): void {
  const app = must(world.state.get("app", installation.app));
  const sender = viewUser(world, installation.account);
  const payload = { action, installation: viewInstallation(world, installation), sender };
  queueDelivery(world, app, installation, "installation", payload);
}

/** Archives, renames or transfers a repository; changes how it may merge; sets its custom properties, all of them. */
export function changeRepository(world: World, input: Input<"repositoryChange">, id: number): Repository {
  const { owner } = input;
  if (owner !== undefined) addAccount(world, owner);
  const changes = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return world.state.put("repository", { ...must(world.state.get("repository", id)), ...changes });
}

/** A repository that is deleted is not found any more, and so is nothing of it. */
export function removeRepository(world: World, id: number): void {
  world.state.remove("repository", must(world.state.get("repository", id)).id);
}

/** Makes a repository with a first commit of `files` on `main`. */
export async function addRepository(world: World, input: Input<"repository">): Promise<Repository> {
  const { owner, name } = input;
  const same = (one: Repository) => one.owner === owner && one.name === name;
  if (world.state.find("repository", same) !== undefined)
    throw invalid("Repository", { field: "name", code: "already_exists" });
  addAccount(world, owner);
  const now = world.timestamp();
  const repository = world.state.put("repository", {
    id: world.state.nextId(),
    owner,
    name,
    private: input.private,
    archived: false,
    defaultBranch: "main",
    methods: ["merge", "squash"],
    lastNumber: 0,
    createdAt: now,
    pushedAt: now,
  });
  world.git.create(repository.id);
  const changes = writeFiles(world, repository, input.files);
  const tree = await writeTree(world.git, repository.id, undefined, changes);
  const author = { name: owner, email: noReplyAddress(world, owner), date: now };
  const commit = { tree, parents: [], author, committer: author, message: "Initial commit" };
  const sha = writeCommit(world.git, repository.id, commit, false);
  setRef(world, repository, "refs/heads/main", sha);
  emit(world, { event: "repository", action: "created", repository, sender: owner, payload: {} });
  if (input.runs) await startPushRuns(world, repository, "main", sha, owner);
  else await registerWorkflows(world, repository, sha);
  return repository;
}

/** Stores contents as blobs; answers with where they go in a tree (`null`: a path that goes). */
export function writeFiles(
  world: World,
  repository: Repository,
  files: Readonly<Record<string, string | null>>,
): readonly TreeChange[] {
  return Object.entries(files).map(([path, content]) => ({
    path,
    mode: "100644",
    sha: content === null ? null : world.git.write(repository.id, "blob", Buffer.from(content)),
  }));
}

/** Puts rules on a branch, by a ruleset or by protection. */
export function addRuleset(world: World, input: Input<"ruleset">): { readonly id: number } {
  const { requiredChecks, branch, kind, bypass } = input;
  const repository = repositoryNamed(world, input).id;
  const checks = requiredChecks.map(({ context, app }) => ({ context, ...(app && { integration_id: app }) }));
  const required = { strict_required_status_checks_policy: false, required_status_checks: checks };
  const rules = [
    ...input.rules.map(readRule),
    ...(checks.length === 0 ? [] : [{ type: "required_status_checks", parameters: required }]),
  ];
  const id = world.state.nextId();
  return world.state.put("ruleset", { id, repository, branch, kind, rules, bypass, createdAt: world.timestamp() });
}

/** Gives a ruleset other rules; none: it is gone. */
export function changeRuleset(world: World, input: Input<"rulesetChange">, id: number): void {
  const standing = must(world.state.get("ruleset", id));
  if (input.rules.length === 0) world.state.remove("ruleset", id);
  else world.state.put("ruleset", { ...standing, rules: input.rules.map(readRule) });
}

function readRule({ type, parameters }: Input<"rulesetChange">["rules"][number]): Rule {
  return { type, ...(parameters && { parameters }) };
}

/** A token of a person or of CI: it holds every permission on the repositories it reaches. */
export function addToken(world: World, input: Input<"token">): { readonly token: string } {
  const { login, repositories } = input;
  const token = world.state.put("token", {
    id: `ghp_${randomBytes(18).toString("hex")}`,
    kind: "user",
    login,
    repositories,
  });
  return { token: token.id };
}
