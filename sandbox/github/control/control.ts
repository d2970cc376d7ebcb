import type { z } from "zod";
import type { Answer } from "../operation.ts";
import { must, notFound, Refusal } from "../refusal.ts";
import type { Courier } from "../webhook/courier.ts";
import type { World } from "../world.ts";
import type { Faults } from "./faults.ts";
import { type Input, inputs } from "./input.ts";
import { RequestLog } from "./log.ts";
import * as people from "./people.ts";
import * as seed from "./seed.ts";
import { showJobs, showState } from "./show.ts";

type Order = (address: URL, body: unknown, id: number) => unknown;

/** The control API under `/_sandbox/`: what a test, the demo or the sandbox's CI does to this GitHub from outside of it. */
export class Control {
  readonly log = new RequestLog();
  readonly #orders: Readonly<Record<string, Order>>;

  constructor(world: World, faults: Faults, courier: Courier) {
    this.#orders = {
      ...changes(world),
      "GET jobs": (address) => showJobs(world, address.searchParams.get("status") ?? "queued"),
      "GET state": () => showState(world),
      "GET requests": () => ({ count: this.log.count, requests: this.log.requests }),
      "GET violations": () => world.violations.all,
      "POST settle": () => courier.settled().then(() => ({})),
      "POST faults": (_, body) => faults.add(read("fault", body) as Parameters<Faults["add"]>[0]),
      "DELETE faults": () => faults.clear(),
      "POST clock": (_, body) => world.advanceClock(read("clock", body).advance),
      "POST limits": (_, body) => Object.assign(world.limits, read("limits", body)),
    };
  }

  /** Answers an order; throws `Refusal` for one that is unknown or cannot be followed. */
  async answer(method: string, address: URL, body: unknown): Promise<Answer> {
    const path = address.pathname.slice("/_sandbox/".length);
    const id = /\/(\d+)$/.exec(path)?.[1];
    const order = this.#orders[`${method} ${path.replace(/\/\d+$/, "/{id}")}`];
    if (order === undefined) throw notFound();
    return { status: method === "POST" ? 201 : 200, body: (await order(address, body, Number(id))) ?? {} };
  }
}

/** Orders that change the world, each a transaction. */
function changes(world: World): Readonly<Record<string, Order>> {
  const change =
    <K extends keyof typeof inputs>(kind: K, make: (world: World, input: Input<K>, id: number) => unknown): Order =>
    (_, body, id) => {
      const input = read(kind, body);
      return world.transact(() => make(world, input, id));
    };
  return {
    "POST apps": change("app", seed.addApp),
    "PATCH apps/{id}": change("appChange", (_, { webhookUrl }, id) =>
      world.state.put("app", { ...must(world.state.get("app", id)), webhookUrl }),
    ),
    "POST installations": change("installation", seed.addInstallation),
    "PATCH installations/{id}": change("installationChange", seed.changeInstallation),
    "DELETE installations/{id}": (_, __, id) => world.transact(() => seed.removeInstallation(world, id)),
    "POST repositories": change("repository", seed.addRepository),
    "PATCH repositories/{id}": change("repositoryChange", seed.changeRepository),
    "DELETE repositories/{id}": (_, __, id) => world.transact(() => seed.removeRepository(world, id)),
    "POST rulesets": change("ruleset", seed.addRuleset),
    "PATCH rulesets/{id}": change("rulesetChange", seed.changeRuleset),
    "POST tokens": change("token", seed.addToken),
    "POST collaborators": change("collaborator", people.addCollaborator),
    "POST collaborators/remove": change("formerCollaborator", people.dropCollaborator),
    "POST teams": change("team", seed.addTeam),
    "POST commits": change("commit", people.pushCommit),
    "POST branches/delete": change("branch", people.deleteBranch),
    "POST pulls": change("newPull", people.openByPerson),
    "POST pulls/close": change("pull", people.closeByPerson),
    "POST pulls/reopen": change("pull", people.reopenByPerson),
    "POST pulls/merge": change("pull", people.mergeByPerson),
    "POST issues": change("newIssue", people.writeIssue),
    "POST issues/close": change("pull", people.closeIssue),
    "POST issues/reopen": change("pull", people.reopenIssue),
    "POST issues/delete": change("pull", people.deleteIssue),
    "POST pulls/edit": change("comment", people.editByPerson),
    "POST comments": change("comment", people.commentByPerson),
    "PATCH comments/{id}": change("commentChange", people.editCommentByPerson),
    "POST reviews": change("review", people.addReview),
    "POST reviews/unrequest": change("unrequest", people.takeRequestBack),
    "POST checks/{id}": change("rerequest", (_, { login }, id) => people.rerequest(world, id, login)),
    "POST runs/{id}": change("run", (_, input, id) => people.reportRun(world, id, input)),
  };
}

function read<K extends keyof typeof inputs>(kind: K, body: unknown): Input<K> {
  const result = (inputs[kind] as unknown as z.ZodType<Input<K>>).safeParse(body ?? {});
  if (result.success) return result.data;
  throw new Refusal(422, result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}
