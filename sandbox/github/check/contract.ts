import type { ValidateFunction } from "ajv/dist/2019.js";
import { Refusal } from "../refusal.ts";
import type { Json } from "../state/json.ts";
import { describeErrors, readContract, Schemas } from "./json-schema.ts";
import { type Route, readRoutes } from "./route.ts";

/** Answers that GitHub's document describes as they never are, by operation and status. */
const repairs: Readonly<Record<string, unknown>> = {
  // The account would have to be a user and an enterprise at once.
  "apps/list-installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

/** GitHub's REST contract: which operation a request means, whether it and its answer are as documented. */
export class Contract {
  readonly #routes: readonly Route[];
  readonly #answers: Schemas;
  readonly #bodies: Schemas;
  readonly #queries: Schemas;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    const document = readContract("github-openapi.json");
    this.#routes = readRoutes(document);
    this.permissions = permissionsOf(document.components.schemas?.["app-permissions"]);
    this.#answers = new Schemas(document, { closed: false });
    this.#bodies = new Schemas(document, { closed: true });
    this.#queries = new Schemas(document, { closed: true }, true);
  }

  /** The ids of all operations. */
  get ids(): readonly string[] {
    return this.#routes.map((route) => route.id);
  }

  /** The permissions that an App may have, each with its levels. */
  readonly permissions: ReadonlyMap<string, readonly string[]>;

  /** The route of a request with its path parameters, decoded. */
  match(method: string, path: string): { route: Route; parameters: Record<string, string> } | undefined {
    for (const route of this.#routes) {
      const groups = route.method === method ? route.pattern.exec(path)?.groups : undefined;
      if (groups === undefined && !(route.method === method && route.pattern.test(path))) continue;
      return { route, parameters: decodeAll(groups ?? {}) };
    }
    return undefined;
  }

  /** Path, query and body as one object with the documented types, as Octokit's own parameters are. Throws `Refusal`. */
  parameters(route: Route, path: Record<string, string>, query: URLSearchParams, body: unknown): Json {
    const given: Record<string, unknown> = { ...path, ...Object.fromEntries(query) };
    const validate = this.#compile(`${route.id} parameters`, () => this.#queries.compile(parameterSchema(route)));
    if (!validate(given)) throw refuse(validate);
    if (route.body === undefined) return given;
    return { ...given, ...this.#checkBody(route, body) };
  }

  /** What is wrong with an answer; `undefined` when it is as documented. */
  answerProblem(route: Route, status: number, body: unknown): string | undefined {
    const documented = route.answers.has(status);
    if (!documented && status < 400) return `${route.id} does not answer ${status}`;
    const schema = documented ? route.answers.get(status) : undefined;
    if (schema === undefined) return undefined;
    const key = `${route.id} ${status}`;
    const validate = this.#compile(key, () => this.#answers.compile(repairs[key] ?? schema));
    return validate(body) ? undefined : `${route.id} ${status}: ${describeErrors(validate)}`;
  }

  #checkBody(route: Route, body: unknown): Json {
    if (body === undefined && !route.bodyRequired) return {};
    const validate = this.#compile(`${route.id} body`, () => this.#bodies.compile(route.body));
    if (!validate(body ?? {})) throw refuse(validate);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Json) : { body };
  }

  #compile(key: string, compile: () => ValidateFunction): ValidateFunction {
    const known = this.#compiled.get(key) ?? compile();
    this.#compiled.set(key, known);
    return known;
  }
}

function permissionsOf(schema: unknown): ReadonlyMap<string, readonly string[]> {
  const { properties } = schema as { readonly properties: Readonly<Record<string, { readonly enum: string[] }>> };
  return new Map(Object.entries(properties).map(([name, { enum: levels }]) => [name, levels]));
}

function parameterSchema(route: Route): Json {
  const read = route.parameters.filter((one) => one.in !== "header");
  return {
    type: "object",
    properties: Object.fromEntries(read.map((one) => [one.name, one.schema])),
    required: read.filter((one) => one.in === "path" && one.name !== "path").map((one) => one.name),
    additionalProperties: false,
  };
}

function refuse(validate: ValidateFunction): Refusal {
  const unknown = validate.errors?.find((error) => /additional|unevaluated/.test(error.keyword))?.params;
  const key = unknown?.unevaluatedProperty ?? unknown?.additionalProperty;
  const detail = key === undefined ? describeErrors(validate) : `"${key}" is not a permitted key.`;
  return new Refusal(422, `Invalid request.\n\n${detail}`);
}

function decodeAll(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, text] of Object.entries(groups)) {
    try {
      decoded[name] = decodeURIComponent(text ?? "");
    } catch {
      throw new Refusal(400, "The path is not valid percent-encoding");
    }
  }
  return decoded;
}
