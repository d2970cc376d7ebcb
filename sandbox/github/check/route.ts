import type { Json } from "../state/json.ts";
import type { OpenApi } from "./json-schema.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Json;
  readonly "x-multi-segment"?: boolean;
}

/** One operation of GitHub's API: where it is, and how the contract describes it. */
export interface Route {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  /** The schema of the JSON body, when it takes one. */
  readonly body: unknown;
  readonly bodyRequired: boolean;
  /** By status: the schema of the JSON answer, `undefined` for an answer without one. */
  readonly answers: ReadonlyMap<number, unknown>;
}

/** The routes of a contract, the more specific ones first. */
export function readRoutes(document: OpenApi): readonly Route[] {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => readRoute(document, path, method.toUpperCase(), operation)),
  );
  const literals = (route: Route) => route.path.replaceAll(/\{[^}]*\}/g, "").length;
  return routes.toSorted((a, b) => literals(b) - literals(a));
}

function readRoute(document: OpenApi, path: string, method: string, operation: Json): Route {
  const parameters = ((operation.parameters ?? []) as Json[]).map(
    (one) => resolve(document, one) as unknown as Parameter,
  );
  const request = operation.requestBody as
    | { required?: boolean; content?: Record<string, { schema: unknown }> }
    | undefined;
  const answers = Object.entries(operation.responses as Json).map(([status, answer]) => {
    const content = resolve(document, answer as Json).content as Record<string, { schema: unknown }> | undefined;
    return [Number(status), content?.["application/json"]?.schema] as const;
  });
  return {
    id: String(operation.operationId),
    method,
    path,
    pattern: pathPattern(path, parameters),
    parameters,
    body: request?.content?.["application/json"]?.schema,
    bodyRequired: request?.required ?? false,
    answers: new Map(answers),
  };
}

function pathPattern(path: string, parameters: readonly Parameter[]): RegExp {
  const source = path.replaceAll(/[.]/g, "\\.").replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    const several = parameters.some((one) => one.name === name && one["x-multi-segment"]);
    return `(?<${name}>${several ? ".+" : "[^/]+"})`;
  });
  // The root folder of `contents/{path}` is an empty path.
  return new RegExp(`^${source.replace(/\/\(\?<path>\.\+\)$/, "(?:/(?<path>.*))?")}$`);
}

function resolve(document: OpenApi, object: Json): Json {
  const reference = object.$ref;
  if (typeof reference !== "string") return object;
  const [, , room, name = ""] = reference.split("/");
  return (document.components[room as "parameters" | "responses"]?.[name] ?? {}) as Json;
}
