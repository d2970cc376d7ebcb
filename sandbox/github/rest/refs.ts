import { loginOf } from "../access/actor.ts";
import { refSha } from "../act/ref.ts";
import { moveRefs } from "../act/refs.ts";
import { type Operations, onRepository, type RepositoryCall } from "../operation.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import { apiOf, nodeId } from "../view/address.ts";

function viewRef({ world, repository }: RepositoryCall<unknown>, name: string, sha: string): Json {
  const url = apiOf(world, repository);
  return {
    ref: name,
    node_id: nodeId("Ref", name),
    url: `${url}/git/${name}`,
    object: { type: "commit", sha, url: `${url}/git/commits/${sha}` },
  };
}

const pusher = (call: RepositoryCall<unknown>) => ({ login: loginOf(call.actor), bypass: false });

export const refs: Operations = {
  ...onRepository("git/get-ref", ["contents:read"], (call) => {
    const name = `refs/${call.parameters.ref}`;
    const sha = refSha(call.world, call.repository, name);
    if (sha === undefined) throw notFound();
    return { status: 200, body: viewRef(call, name, sha) };
  }),

  ...onRepository("git/list-matching-refs", ["contents:read"], (call) => {
    const prefix = `refs/${call.parameters.ref}`;
    const found = call.world.state.all(
      "ref",
      (ref) => ref.repository === call.repository.id && ref.name.startsWith(prefix),
    );
    const sorted = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { status: 200, body: sorted.map((ref) => viewRef(call, ref.name, ref.sha)) };
  }),

  ...onRepository("git/create-ref", ["contents:write"], async (call) => {
    const { ref: name, sha } = call.parameters;
    if (refSha(call.world, call.repository, name) !== undefined) throw new Refusal(422, "Reference already exists");
    await moveRefs(call.world, call.repository, [{ name, after: sha, force: false }], pusher(call));
    return { status: 201, body: viewRef(call, name, sha) };
  }),

  ...onRepository("git/update-ref", ["contents:write"], async (call) => {
    const { ref, sha, force = false } = call.parameters;
    const name = `refs/${ref}`;
    if (refSha(call.world, call.repository, name) === undefined) throw new Refusal(422, "Reference does not exist");
    await moveRefs(call.world, call.repository, [{ name, after: sha, force }], pusher(call));
    return { status: 200, body: viewRef(call, name, sha) };
  }),

  ...onRepository("git/delete-ref", ["contents:write"], async (call) => {
    const name = `refs/${call.parameters.ref}`;
    if (name === `refs/heads/${call.repository.defaultBranch}`)
      throw new Refusal(422, "Cannot delete the default branch");
    await moveRefs(call.world, call.repository, [{ name, after: undefined, force: false }], pusher(call));
    return { status: 204 };
  }),
};
