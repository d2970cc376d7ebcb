import { AppError } from "../../core/errors.ts";
import { sentence } from "../../core/reason.ts";
import type { RepositoryId } from "../../core/repository.ts";
import type { GitHub } from "../../github/github.ts";
import type { Context } from "../context.ts";
import { pausedReason } from "./pause.ts";

/**
 * What everything that a step can do to the world is, while its account is paused. `starts`: refused. `ends`: it reports,
 * undoes or tidies what is under way. `decided`: it may be either, and the file named beside it decides. What is not listed
 * here does not compile: whoever adds a way to act says which it is.
 */
type Kind = "reads" | "starts" | "ends" | "decided";
type Act = (...input: never) => unknown;
type Kinds<Port> = { readonly [Method in keyof Port as Port[Method] extends Act ? Method : never]: Kind };

export const ACTS: { readonly [Part in keyof GitHub]: Kinds<GitHub[Part]> } & Pick<
  { readonly [Port in keyof Context]: Kinds<Context[Port]> },
  "builder" | "deployer"
> = {
  installations: {
    served: "reads",
    app: "reads",
    grants: "reads",
    list: "reads",
    repositories: "reads",
    heads: "reads",
    repository: "reads",
  },
  trees: { head: "reads", tree: "reads", blob: "reads", blobs: "reads" },
  branches: {
    ...{ matching: "reads", changes: "reads", parents: "reads", compare: "reads", rules: "reads", pushRules: "reads" },
    ...{ commit: "starts", move: "starts" },
  },
  pulls: {
    ...{ list: "reads", into: "reads", files: "reads", get: "reads", closing: "reads" },
    ...{ reviews: "reads", standing: "reads" },
    ...{ open: "starts", merge: "starts", enqueue: "starts", requestReview: "starts" },
    ...{ update: "ends", label: "ends", dequeue: "ends" },
  },
  comments: { list: "reads", editor: "reads", mayWrite: "reads", react: "ends", write: "ends" },
  issues: { get: "reads", ours: "reads", create: "starts", update: "ends" },
  checks: { list: "reads", unanswered: "reads", silent: "reads", isRerequested: "reads", report: "ends" },
  // Both are used by the builder and the deployer only, which say themselves what they do.
  workflows: { dispatch: "decided", runs: "reads", cancel: "ends", artifact: "reads" },
  // A webhook is a hint of what to look at.
  deliveries: { failed: "reads", redeliver: "reads" },
  deployments: { list: "reads", create: "decided", statuses: "reads", setStatus: "ends" },
  // build.ts: a gate that is running still gets what it compares with
  builder: { find: "reads", start: "decided", cancel: "ends" },
  // It only waits for what the others do.
  writes: { turn: "reads" },
  // core/rollout/next-step.ts: a rollout that has not started waits; one that has may have to go back
  deployer: { observe: "reads", deploy: "decided", report: "ends" },
};

/**
 * GitHub, for a step: what would start something new is refused while the repository's account is paused. Steps decide that
 * for themselves and say so; this is for a pause that comes after they have decided, so it is a CONFLICT: they look again.
 */
export function pausable({ store, github }: Pick<Context, "store" | "github">): GitHub {
  const guard = async (repository: RepositoryId) => {
    const paused = await pausedReason(store.ledger, repository);
    if (paused !== undefined) throw new AppError("CONFLICT", sentence(paused));
  };
  const parts = Object.entries(github).map(([name, part]) => [name, guarded(part, ACTS[name as keyof GitHub], guard)]);
  return Object.fromEntries(parts);
}

function guarded<Part extends object>(
  part: Part,
  kinds: Kinds<Part>,
  guard: (at: RepositoryId) => Promise<void>,
): Part {
  const methods = Object.entries(part).map(([name, method]) => {
    if (kinds[name as keyof Kinds<Part>] !== "starts") return [name, method];
    return [
      name,
      async (repository: RepositoryId, ...rest: readonly unknown[]) => {
        await guard(repository);
        return method(repository, ...rest);
      },
    ];
  });
  return Object.fromEntries(methods);
}
