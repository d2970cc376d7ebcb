import { type Actor, authenticate, loginOf, reaches } from "./access/actor.ts";
import { acceptedHeader, requirePermission } from "./access/permission.ts";
import type { Route } from "./check/route.ts";
import type { Faults } from "./control/faults.ts";
import type { Answer, Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { countRequest } from "./rate.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { Json } from "./state/json.ts";
import type { Repository } from "./state/repository.ts";
import type { World } from "./world.ts";

/** A request as it came in; `path` without the `/api/v3` that GitHub Enterprise Server puts before it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly accept: string;
  /** Parsed JSON; `undefined` for an empty body. */
  readonly body: unknown;
}

/** An answer with what the log says of it. */
export interface Answered {
  readonly answer: Answer;
  readonly actor?: string;
  readonly operation?: string;
}

/** Answers a REST request. Everything GitHub would refuse comes back as an answer; what is thrown is a bug of the fake. */
export async function answerRest(world: World, faults: Faults, request: Request): Promise<Answered> {
  let who: Actor | undefined;
  let route: Route | undefined;
  try {
    const matched = world.contract.match(request.method, request.path);
    route = matched?.route;
    const operation = route === undefined ? undefined : operations[route.id];
    if (matched !== undefined && operation?.of === "anyone") {
      return answered(await performOpenly(world, request, operation.handle, matched), undefined, route);
    }
    who = authenticate(world, request.authorization);
    limitRate(world, who);
    if (matched === undefined || operation === undefined || operation.of === "anyone")
      throw unimplemented(world, request, route);
    const answer = await perform(world, faults, request, { actor: who, operation, ...matched });
    return answered(answer, who, route);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return answered({ status: error.status, body: error.body() }, who, route);
  }
}

function answered(answer: Answer, actor: Actor | undefined, route: Route | undefined): Answered {
  const accepted = route === undefined ? "" : acceptedHeader(operations[route.id]?.needs ?? []);
  const headers = { ...(accepted === "" ? {} : { "x-accepted-github-permissions": accepted }), ...answer.headers };
  return {
    answer: { ...answer, headers },
    ...(actor === undefined ? {} : { actor: loginOf(actor) }),
    ...(route === undefined ? {} : { operation: route.id }),
  };
}

function limitRate(world: World, actor: Actor): void {
  if (countRequest(world, actor).remaining === 0) {
    throw new Refusal(403, `API rate limit exceeded for ${actor.kind} ${loginOf(actor)}.`);
  }
}

function unimplemented(world: World, request: Request, route: Route | undefined): Refusal {
  const detail =
    route === undefined ? "not in the vendored contract" : `${route.id} is in the contract, but the fake lacks it`;
  world.violations.add({ of: "unimplemented", subject: `${request.method} ${request.path}`, detail });
  return new Refusal(501, `The sandbox's GitHub cannot do this: ${detail}`);
}

interface Matched {
  readonly actor: Actor;
  readonly operation: Exclude<Operation, { readonly of: "anyone" }>;
  readonly route: Route;
  readonly parameters: Record<string, string>;
}

async function perform(world: World, faults: Faults, request: Request, matched: Matched): Promise<Answer> {
  const { actor, operation, route } = matched;
  const handle = admit(world, matched);
  const parameters = readParameters(world, request, matched);
  const run = async () => checkAnswer(world, route, await handle({ world, actor, parameters, accept: request.accept }));
  if (route.method === "GET") return world.read(run);
  const counted = operation.of !== "app" && actor.kind !== "user";
  let withheld = false;
  const answer = await world.transact(run, () => {
    withheld = counted && faults.countChange();
  });
  return { ...answer, withheld };
}

async function performOpenly(
  world: World,
  request: Request,
  handle: Extract<Operation, { of: "anyone" }>["handle"],
  matched: Pick<Matched, "route" | "parameters">,
): Promise<Answer> {
  const parameters = readParameters(world, request, matched);
  const { accept } = request;
  return world.transact(async () => checkAnswer(world, matched.route, await handle({ world, parameters, accept })));
}

type Handle = (call: { world: World; actor: Actor; parameters: unknown; accept: string }) => Answer | Promise<Answer>;

/** The handler with what it works on, for an actor that may call it. Throws 401, 403 and 404. */
function admit(world: World, { actor, operation, parameters }: Matched): Handle {
  if (operation.of === "app") {
    if (actor.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
    return (call) => operation.handle({ ...call, app: actor.app });
  }
  if (operation.of === "account") {
    requirePermission(actor, operation.needs);
    return operation.handle;
  }
  const repository = findRepository(world, actor, parameters);
  requirePermission(actor, operation.needs);
  return (call) =>
    operation.handle({ ...call, repository: world.state.get("repository", repository.id) ?? repository });
}

function findRepository(world: World, actor: Actor, { owner = "", repo = "" }: Record<string, string>): Repository {
  if (actor.kind === "app") throw new Refusal(403, "Resource not accessible by integration");
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const found = world.state.find("repository", (one) => same(one.owner, owner) && same(one.name, repo));
  if (found === undefined || !reaches(actor, found)) throw notFound();
  return found;
}

function readParameters(
  world: World,
  request: Request,
  { route, parameters }: Pick<Matched, "route" | "parameters">,
): Json {
  try {
    return world.contract.parameters(route, parameters, request.query, request.body);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    world.violations.add({ of: "request", subject: `${request.method} ${request.path}`, detail });
    throw error;
  }
}

/** The answer, if it is as GitHub documents; otherwise the request fails, and what it changed is undone. */
function checkAnswer(world: World, route: Route, answer: Answer): Answer {
  if (answer.type !== undefined) return answer;
  const problem = world.contract.answerProblem(route, answer.status, answer.body);
  if (problem === undefined) return answer;
  world.violations.add({ of: "answer", subject: route.id, detail: problem });
  throw new Error(`the answer breaks the contract: ${problem}`);
}
