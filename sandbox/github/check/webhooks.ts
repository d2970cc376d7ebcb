import type { ValidateFunction } from "ajv/dist/2019.js";
import type { Json } from "../state/json.ts";
import { describeErrors, readContract, Schemas } from "./json-schema.ts";

/** GitHub's webhook contract: whether a payload is as documented. */
export class WebhookContract {
  readonly #document = readContract("github-webhooks.json");
  readonly #schemas = new Schemas(this.#document, { closed: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  /** What is wrong with the payload of an event; `undefined` when it is as documented. */
  problem(event: string, payload: Json): string | undefined {
    const action = payload.action;
    const name = [event, ...(typeof action === "string" ? [action] : [])].join("-").replaceAll("_", "-");
    const validate = this.#compiled.get(name) ?? this.#compile(name);
    if (validate === undefined) return `${name} is no webhook of the contract`;
    this.#compiled.set(name, validate);
    return validate(payload) ? undefined : `${name}: ${describeErrors(validate)}`;
  }

  #compile(name: string): ValidateFunction | undefined {
    const request = this.#document.webhooks?.[name]?.post?.requestBody as
      | { content: Record<string, { schema: unknown }> }
      | undefined;
    const schema = request?.content["application/json"]?.schema;
    return schema === undefined ? undefined : this.#schemas.compile(schema);
  }
}
