import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  OperationTypeNode,
  parse,
  validate,
} from "graphql";
import { type Actor, authenticate, loginOf } from "../access/actor.ts";
import type { Answered, Request } from "../api.ts";
import type { Faults } from "../control/faults.ts";
import type { Answer } from "../operation.ts";
import { countRequest } from "../rate.ts";
import { Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import type { World } from "../world.ts";
import type { Context } from "./context.ts";
import { mutations, queries } from "./resolvers.ts";
import { githubSchema } from "./schema.ts";

interface Query {
  readonly query: string;
  readonly variables?: Json;
}

/** Answers a GraphQL request: checked against GitHub's schema, errors in the body of a 200, as GitHub answers. */
export async function answerGraphql(world: World, faults: Faults, request: Request): Promise<Answered> {
  let actor: Actor | undefined;
  try {
    actor = authenticate(world, request.authorization);
    if (actor.kind === "app") throw new Refusal(401, "Bad credentials");
    if (countRequest(world, actor).remaining === 0) throw new Refusal(403, "API rate limit exceeded");
    const answer = await run(world, faults, actor, request.body as Query);
    return { answer, actor: loginOf(actor), operation: answer.changed ? "graphql mutation" : "graphql query" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      answer: { status: error.status, body: error.body() },
      ...(actor === undefined ? {} : { actor: loginOf(actor) }),
    };
  }
}

async function run(world: World, faults: Faults, actor: Actor, { query, variables }: Query): Promise<Answer> {
  const document = readDocument(world, query);
  if ("errors" in document) return { status: 200, body: document };
  const mutates = document.definitions.some(
    (one) => one.kind === "OperationDefinition" && one.operation === OperationTypeNode.MUTATION,
  );
  const answer = () => perform(world, actor, document, mutates, variables ?? {});
  if (!mutates) return world.read(answer);
  let failed: Answer | undefined;
  const changed = async () => {
    const result = await answer();
    if (result.status !== 200 || "errors" in (result.body as Json)) {
      failed = result;
      throw new Refusal(422, "rolled back");
    }
    return { ...result, changed: true };
  };
  try {
    let withheld = false;
    const done = await world.transact(changed, () => {
      withheld = actor.kind === "installation" && faults.countChange();
    });
    return { ...done, withheld };
  } catch (error) {
    if (failed !== undefined) return failed;
    throw error;
  }
}

/** The document, or the answer that says what is wrong with it. */
function readDocument(world: World, query: string): DocumentNode | { readonly errors: readonly unknown[] } {
  try {
    const document = parse(query);
    const problems = validate(githubSchema(), document);
    if (problems.length === 0) return document;
    world.violations.add({
      of: "graphql",
      subject: query.slice(0, 200),
      detail: problems.map((one) => one.message).join("; "),
    });
    return { errors: problems.map((problem) => problem.toJSON()) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    world.violations.add({ of: "graphql", subject: query.slice(0, 200), detail: error.message });
    return { errors: [error.toJSON()] };
  }
}

async function perform(
  world: World,
  actor: Actor,
  document: DocumentNode,
  mutates: boolean,
  variables: Json,
): Promise<Answer> {
  const result = await execute({
    schema: githubSchema(),
    document,
    variableValues: { ...variables },
    rootValue: mutates ? mutations : queries,
    contextValue: { world, actor } satisfies Context,
    fieldResolver: resolveField(world),
  });
  const errors = result.errors?.map((error) => ({ ...error.toJSON(), ...typeOf(error) }));
  return { status: 200, body: { data: result.data ?? null, ...(errors === undefined ? {} : { errors }) } };
}

function typeOf(error: GraphQLError): Json {
  const cause = error.originalError;
  if (!(cause instanceof Refusal)) return {};
  return { type: cause.status === 404 ? "NOT_FOUND" : cause.status === 403 ? "FORBIDDEN" : "UNPROCESSABLE" };
}

/** Fields are what the resolvers put there; one that the fake lacks is an error, never an innocent null. */
function resolveField(world: World): GraphQLFieldResolver<unknown, Context> {
  return (source, parameters, context, info) => {
    const value = (source as Record<string, unknown> | null)?.[info.fieldName];
    if (value === undefined) {
      const subject = `${info.parentType.name}.${info.fieldName}`;
      world.violations.add({ of: "unimplemented", subject, detail: "the fake lacks this GraphQL field" });
      throw new Refusal(501, `The sandbox's GitHub lacks ${subject}`);
    }
    return typeof value === "function" ? value(parameters, context) : value;
  };
}
