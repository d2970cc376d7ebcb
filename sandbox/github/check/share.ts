import type { Json } from "../state/json.ts";

const worthSharing = 8;

/**
 * Replaces large schemas that a document repeats by references to one definition of each. GitHub's documents spell the
 * same repository out hundreds of times, and every copy would be compiled: this makes compiling three times faster.
 */
export class SharedSchemas {
  readonly #names = new Map<string, string>();
  readonly #add: (name: string, schema: Json) => void;

  /** `add` registers a definition under the name by which it will be referred to. */
  constructor(add: (name: string, schema: Json) => void) {
    this.#add = add;
  }

  /** The schema with its large parts replaced; the schema itself stays in place. */
  share(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((item) => this.#replace(item));
    if (typeof schema !== "object" || schema === null) return schema;
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, this.#replace(value)]));
  }

  #replace(schema: unknown): unknown {
    const shared = this.share(schema);
    if (!isLarge(shared)) return shared;
    const text = JSON.stringify(shared);
    const known = this.#names.get(text);
    if (known !== undefined) return { $ref: known };
    const name = `shared-${this.#names.size}`;
    this.#names.set(text, name);
    this.#add(name, shared);
    return { $ref: name };
  }
}

function isLarge(schema: unknown): schema is Json {
  if (typeof schema !== "object" || schema === null || !("properties" in schema) || !("type" in schema)) return false;
  const { properties } = schema;
  return typeof properties === "object" && properties !== null && Object.keys(properties).length >= worthSharing;
}
