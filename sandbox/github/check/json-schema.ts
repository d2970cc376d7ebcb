import { readFileSync } from "node:fs";
import { Ajv2019, type ValidateFunction } from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import type { Json } from "../state/json.ts";
import { SharedSchemas } from "./share.ts";

/** An OpenAPI document, as far as we look into it. */
export interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Json; readonly parameters?: Json; readonly responses?: Json };
}

/** Reads one of the vendored documents of `contract/`. */
export function readContract(name: "github-openapi.json" | "github-webhooks.json"): OpenApi {
  return JSON.parse(readFileSync(new URL(`../contract/${name}`, import.meta.url), "utf8")) as OpenApi;
}

const documentId = "contract";
// OpenAPI keywords that mean something else, or nothing, in JSON Schema.
const dropped = new Set(["nullable", "example", "examples", "discriminator", "xml", "deprecated", "externalDocs"]);
const literal = new Set(["enum", "const", "default", "required"]);
const combinators = new Set(["oneOf", "anyOf", "allOf"]);

export interface Conversion {
  /** Objects take no fields but those written in the schema: for what clients send. */
  readonly closed: boolean;
}

/** One schema of OpenAPI 3.0 as JSON Schema 2019-09: `nullable` spelled out, references into the shared document. */
export function toJsonSchema(schema: unknown, conversion: Conversion, inCombinator = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => toJsonSchema(item, conversion, inCombinator));
  if (typeof schema !== "object" || schema === null) return schema;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "$ref") out[key] = `${documentId}${value}`;
    else if (key === "properties") out[key] = mapValues(value as Json, (one) => toJsonSchema(one, conversion));
    else if (literal.has(key)) out[key] = value;
    else if (!dropped.has(key)) out[key] = toJsonSchema(value, conversion, combinators.has(key));
  }
  if (conversion.closed) close(out, inCombinator);
  return (schema as Json).nullable === true ? nullable(out) : out;
}

function close(schema: Record<string, unknown>, inCombinator: boolean): void {
  if (inCombinator && schema.additionalProperties === true) delete schema.additionalProperties;
  const open = schema.additionalProperties !== undefined || schema.properties === undefined;
  if (!inCombinator && !open) schema.unevaluatedProperties = false;
}

function nullable(schema: Record<string, unknown>): Json {
  if (typeof schema.type !== "string" || Object.keys(schema).some((key) => combinators.has(key))) {
    return { anyOf: [schema, { type: "null" }] };
  }
  const values = schema.enum as readonly unknown[] | undefined;
  return { ...schema, type: [schema.type, "null"], ...(values === undefined ? {} : { enum: [...values, null] }) };
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** Compiles schemas of one document, each when it is first needed: most runs touch a few. */
export class Schemas {
  readonly #ajv: Ajv2019;
  readonly #conversion: Conversion;
  readonly #shared: SharedSchemas;

  constructor(document: OpenApi, conversion: Conversion, coerce = false) {
    // Inlining would multiply the large shared schemas into every function.
    // Each validator runs a few times only: optimising its code costs more than it saves.
    this.#ajv = new Ajv2019({
      code: { optimize: false },
      strict: false,
      inlineRefs: false,
      validateSchema: false,
      coerceTypes: coerce,
    });
    addFormats.default(this.#ajv);
    // GitHub answers "" where there is no address, against its own contract.
    this.#ajv.addFormat("uri", (text: string) => text === "" || URL.canParse(text));
    // A bot's address has brackets in it.
    this.#ajv.addFormat("email", /^[^\s@]+@[^\s@]+$/);
    this.#ajv.addFormat("repo.nwo", true);
    this.#conversion = conversion;
    this.#shared = new SharedSchemas((name, schema) => this.#ajv.addSchema(schema, name));
    const schemas = mapValues(document.components.schemas, (schema) => this.#convert(schema));
    this.#ajv.addSchema({ $id: documentId, components: { schemas } });
  }

  compile(schema: unknown): ValidateFunction {
    return this.#ajv.compile(this.#convert(schema) as Json);
  }

  #convert(schema: unknown): unknown {
    return this.#shared.share(toJsonSchema(schema, this.#conversion));
  }
}

/** What a validation found, in one line. */
export function describeErrors(validate: ValidateFunction): string {
  const errors = (validate.errors ?? []).map(
    (error) => `${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`,
  );
  return [...new Set(errors)].slice(0, 5).join("; ");
}
