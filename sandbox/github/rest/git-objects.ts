import { type Actor, loginOf } from "../access/actor.ts";
import { requirePermission } from "../access/permission.ts";
import { type Person, readCommit, webFlow, writeCommit } from "../git/commit.ts";
import { resolveCommit } from "../git/revision.ts";
import { listTree, readTree, type TreeChange, writeTree } from "../git/tree.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import { apiOf, nodeId } from "../view/address.ts";
import { mustReadCommit, noReplyAddress, viewGitCommit } from "../view/commit.ts";
import type { World } from "../world.ts";

type Any = RepositoryCall<unknown>;

/** Throws unless the actor may write a path: workflow files need a permission of their own. */
export function requireWritable(actor: Actor, path: string): void {
  if (path.startsWith(".github/workflows/")) requirePermission(actor, ["workflows:write"]);
}

function viewTreeItem(
  { world, repository }: Any,
  item: { path: string; mode: string; type: string; sha: string; size: number | undefined },
): Json {
  const { path, mode, type, sha, size } = item;
  const url = `${apiOf(world, repository)}/git/${type === "tree" ? "trees" : "blobs"}/${sha}`;
  return { path, mode, type, sha, ...(size === undefined ? {} : { size }), ...(type === "commit" ? {} : { url }) };
}

interface AskedEntry {
  readonly path?: string;
  readonly mode?: string;
  readonly type?: string;
  readonly sha?: string | null;
  readonly content?: string;
}

const modes = new Set(["100644", "100755", "040000", "160000", "120000"]);

async function readEntry({ world, repository, actor }: Any, entry: AskedEntry): Promise<TreeChange> {
  const { path = "", mode = "", sha, content } = entry;
  requireWritable(actor, path);
  if (path === "" || path.split("/").some((part) => ["", ".", "..", ".git"].includes(part))) {
    throw new Refusal(422, "tree.path contains a malformed path component");
  }
  if (sha === null) return { path, mode, sha: null };
  if (!modes.has(mode)) throw new Refusal(422, "Must supply a valid tree.mode");
  if ((sha === undefined) === (content === undefined))
    throw new Refusal(422, "Must supply either tree.sha or tree.content");
  if (sha === undefined) return { path, mode, sha: world.git.write(repository.id, "blob", Buffer.from(content ?? "")) };
  if (mode !== "160000" && (await world.git.read(repository.id, sha)) === undefined) {
    throw new Refusal(422, `tree.sha ${sha} is not a valid ${entry.type ?? "blob"}`);
  }
  return { path, mode, sha };
}

/** The author and committer of a commit as asked for; a bot that names neither has GitHub commit, and sign, for it. */
function signers(world: World, actor: Actor, asked: { author?: Partial<Person>; committer?: Partial<Person> }) {
  const login = loginOf(actor);
  const self = { name: login, email: noReplyAddress(world, login) };
  const complete = (person: Partial<Person>): Person => ({ ...self, date: world.timestamp(), ...person });
  const author = complete(asked.author ?? {});
  const signed = actor.kind === "installation" && asked.author === undefined && asked.committer === undefined;
  const committer = signed ? { ...webFlow, date: author.date } : complete(asked.committer ?? author);
  return { author, committer, signed };
}

export const gitObjects: Operations = {
  ...onRepository("git/get-tree", ["contents:read"], async (call) => {
    const { world, repository, parameters } = call;
    const commit = await resolveCommit(world, repository, parameters.tree_sha);
    const sha = commit?.tree ?? parameters.tree_sha;
    if ((await readTree(world.git, repository.id, sha)) === undefined) throw notFound();
    const items = await listTree(world.git, repository.id, sha, parameters.recursive !== undefined);
    const truncated = items.length > world.limits.tree;
    const tree = items.slice(0, world.limits.tree).map((item) => viewTreeItem(call, item));
    return { status: 200, body: { sha, url: `${apiOf(world, repository)}/git/trees/${sha}`, tree, truncated } };
  }),

  ...onRepository("git/create-tree", ["contents:write"], async (call) => {
    const { world, repository, parameters } = call;
    const base = parameters.base_tree;
    const commit = base === undefined ? undefined : await readCommit(world.git, repository.id, base);
    const root = commit?.tree ?? base;
    if (root !== undefined && (await readTree(world.git, repository.id, root)) === undefined) throw notFound();
    const changes = await Promise.all(
      (parameters.tree as readonly AskedEntry[]).map((entry) => readEntry(call, entry)),
    );
    const sha = await writeTree(world.git, repository.id, root, changes);
    const items = await listTree(world.git, repository.id, sha, false);
    const tree = items.map((item) => viewTreeItem(call, item));
    return { status: 201, body: { sha, url: `${apiOf(world, repository)}/git/trees/${sha}`, tree, truncated: false } };
  }),

  ...onRepository("git/get-blob", ["contents:read"], async ({ world, repository, parameters, accept }) => {
    const blob = must(await world.git.read(repository.id, parameters.file_sha));
    if (blob.type !== "blob") throw notFound();
    if (accept.includes(".raw"))
      return { status: 200, body: blob.content, type: "application/vnd.github.raw+json; charset=utf-8" };
    const body = {
      sha: parameters.file_sha,
      node_id: nodeId("Blob", parameters.file_sha),
      size: blob.content.length,
      url: `${apiOf(world, repository)}/git/blobs/${parameters.file_sha}`,
      content: blob.content.toString("base64").replaceAll(/.{60}/g, "$&\n"),
      encoding: "base64",
    };
    return { status: 200, body };
  }),

  ...onRepository("git/create-blob", ["contents:write"], ({ world, repository, parameters }) => {
    const encoding = parameters.encoding ?? "utf-8";
    if (encoding !== "utf-8" && encoding !== "base64") throw new Refusal(422, `encoding ${encoding} is not supported`);
    const sha = world.git.write(repository.id, "blob", Buffer.from(parameters.content, encoding));
    return { status: 201, body: { sha, url: `${apiOf(world, repository)}/git/blobs/${sha}` } };
  }),

  ...onRepository("git/get-commit", ["contents:read"], async ({ world, repository, parameters }) => {
    const commit = await mustReadCommit(world, repository, parameters.commit_sha);
    return { status: 200, body: viewGitCommit(world, repository, commit) };
  }),

  ...onRepository("git/create-commit", ["contents:write"], async ({ world, repository, parameters, actor }) => {
    const { message, tree, parents = [] } = parameters;
    if ((await readTree(world.git, repository.id, tree)) === undefined)
      throw new Refusal(422, "Tree SHA does not exist");
    for (const parent of parents) {
      if ((await readCommit(world.git, repository.id, parent)) === undefined) {
        throw new Refusal(422, "Parent SHA does not exist or is not a commit object");
      }
    }
    const { author, committer, signed } = signers(world, actor, parameters as { author?: Partial<Person> });
    const sha = writeCommit(world.git, repository.id, { tree, parents, author, committer, message }, signed);
    return { status: 201, body: viewGitCommit(world, repository, await mustReadCommit(world, repository, sha)) };
  }),
};
