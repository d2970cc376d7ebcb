import { loginOf } from "../access/actor.ts";
import { branchSha } from "../act/ref.ts";
import { moveRefs } from "../act/refs.ts";
import { webFlow, writeCommit } from "../git/commit.ts";
import { resolveCommit } from "../git/revision.ts";
import { findInTree, listTree, type TreeItem, writeTree } from "../git/tree.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import { apiOf, pageOf } from "../view/address.ts";
import { mustReadCommit, noReplyAddress, viewGitCommit } from "../view/commit.ts";
import { requireWritable } from "./git-objects.ts";

type Any = RepositoryCall<unknown>;

function viewPlace({ world, repository }: Any, path: string, ref: string, sha: string, type: string): Json {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const self = `${apiOf(world, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${apiOf(world, repository)}/git/${type === "dir" ? "trees" : "blobs"}/${sha}`;
  const html = `${pageOf(world, repository)}/${type === "dir" ? "tree" : "blob"}/${ref}/${encoded}`;
  return {
    name: path.split("/").at(-1) ?? "",
    path,
    sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: type === "file" ? `${pageOf(world, repository)}/raw/${ref}/${encoded}` : null,
    _links: { self, git, html },
  };
}

async function viewFileContent(call: Any, path: string, ref: string, item: TreeItem): Promise<Json> {
  const blob = must(await call.world.git.read(call.repository.id, item.sha));
  const place = viewPlace(call, path, ref, item.sha, "file");
  const size = blob.content.length;
  if (item.mode === "120000") return { ...place, type: "symlink", size, target: blob.content.toString() };
  return {
    ...place,
    type: "file",
    size,
    encoding: "base64",
    content: blob.content.toString("base64").replaceAll(/.{60}/g, "$&\n"),
  };
}

const kinds: Readonly<Record<string, string>> = { "040000": "dir", "120000": "symlink", "160000": "submodule" };

async function viewFolder(call: Any, path: string, ref: string, sha: string): Promise<readonly Json[]> {
  const items = await listTree(call.world.git, call.repository.id, sha, false);
  return items.map((item) => {
    const type = kinds[item.mode] ?? "file";
    const inside = path === "" ? item.path : `${path}/${item.path}`;
    return { ...viewPlace(call, inside, ref, item.sha, type), type, size: item.size ?? 0 };
  });
}

export const contents: Operations = {
  ...onRepository("repos/get-content", ["contents:read"], async (call) => {
    const { world, repository, parameters, accept } = call;
    const ref = parameters.ref ?? repository.defaultBranch;
    const commit = await resolveCommit(world, repository, ref);
    if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
    const path = (parameters.path ?? "").replace(/\/$/, "");
    const item = must(await findInTree(world.git, repository.id, commit.tree, path));
    if (item.mode === "40000") return { status: 200, body: await viewFolder(call, path, ref, item.sha) };
    if (item.mode === "160000") throw notFound();
    if (accept.includes(".raw")) {
      const blob = must(await world.git.read(repository.id, item.sha));
      return { status: 200, body: blob.content, type: "application/vnd.github.raw+json; charset=utf-8" };
    }
    return { status: 200, body: await viewFileContent(call, path, ref, item) };
  }),

  ...onRepository("repos/create-or-update-file-contents", ["contents:write"], async (call) => {
    const { world, repository, parameters, actor } = call;
    const { path, message, content, branch = repository.defaultBranch, sha } = parameters;
    requireWritable(actor, path);
    const head = branchSha(world, repository, branch);
    if (head === undefined) throw new Refusal(404, `Branch ${branch} not found`);
    const { tree: root } = await mustReadCommit(world, repository, head);
    const before = await findInTree(world.git, repository.id, root, path);
    if (before !== undefined && sha === undefined)
      throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
    if (before?.sha !== sha) throw new Refusal(409, `${path} does not match ${sha}`);
    const blob = world.git.write(repository.id, "blob", Buffer.from(content, "base64"));
    const change = { path, mode: before?.mode ?? "100644", sha: blob };
    const tree = await writeTree(world.git, repository.id, root, [change]);
    const login = loginOf(actor);
    const author = { name: login, email: noReplyAddress(world, login), date: world.timestamp() };
    const committer = { ...webFlow, date: author.date };
    const after = writeCommit(world.git, repository.id, { tree, parents: [head], author, committer, message }, true);
    const name = `refs/heads/${branch}`;
    await moveRefs(world, repository, [{ name, after, force: false }], { login, bypass: false });
    const { mode } = change;
    const { content: _, ...file } = await viewFileContent(call, path, branch, { mode, name: path, sha: blob });
    const commit = viewGitCommit(world, repository, await mustReadCommit(world, repository, after));
    return { status: before === undefined ? 201 : 200, body: { content: file, commit } };
  }),
};
