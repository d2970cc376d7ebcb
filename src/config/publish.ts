import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { environmentSchema } from "./environment.ts";
import { explain } from "./explain.ts";
import { loadConfig } from "./load.ts";
import { EFFECTS, NOT_YET, type NotYet, OPERATOR_NOT_YET } from "./not-yet.ts";
import { operatorSchemaBy } from "./operator-schema.ts";
import { organisationSchema, repositorySchema } from "./schema.ts";

/** What is published of the schemas: the JSON Schema for editors, and the tables of the documentation. */

interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
}

/** The JSON Schema (draft 2020-12) of the repository's file; the organisation's is `#/$defs/organisation`. */
export function publishedSchema(): string {
  const { $schema: draft, ...repository } = z.toJSONSchema(repositorySchema, { io: "input" });
  const { $schema: _, ...organisation } = z.toJSONSchema(organisationSchema, { io: "input" });
  const title = "Oakum: .github/oakum.yml";
  const schema = {
    $schema: draft,
    title,
    ...repository,
    $defs: { organisation: { title: "Oakum: the organisation's oakum.yml", ...organisation } },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** `document` with the tables between its `<!-- name -->` and `<!-- /name -->` lines made anew. */
export function refreshTables(document: string): string {
  const tables: Readonly<Record<string, () => string>> = {
    "organisation-file": () => renderFile(organisationSchema, configDefaults(), NOT_YET),
    "operator-file": () =>
      renderFile(
        operatorSchemaBy(() => undefined),
        new Map(),
        OPERATOR_NOT_YET,
      ),
    environment: () => renderFile(environmentSchema, new Map(), []),
  };
  return Object.entries(tables).reduce((text, [name, render]) => {
    const [before, rest] = splitAt(text, `<!-- ${name} -->\n`);
    const [, after] = splitAt(rest, `<!-- /${name} -->`);
    return `${before}<!-- ${name} -->\n${render()}<!-- /${name} -->${after}`;
  }, document);
}

function splitAt(text: string, marker: string): readonly [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`the document has no line ${marker.trim()}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function renderFile(schema: z.ZodType, defaults: ReadonlyMap<string, string>, notYet: readonly NotYet[]): string {
  const rows = rowsOf(z.toJSONSchema(schema, { io: "input" }) as JsonSchema, []).map(
    ({ path, value, meaning, fallback }) => {
      const key = path.join(".").replaceAll(".*", "[]");
      const unsupported = remarkOf(path, notYet);
      return `| \`${key}\` | ${value} | ${fallback ?? defaults.get(key) ?? ""} | ${meaning}${unsupported} |\n`;
    },
  );
  return `| key | value | default | meaning |\n|---|---|---|---|\n${rows.join("")}`;
}

/** What holds with no configuration at all, asked of the code that decides it. */
function configDefaults(): ReadonlyMap<string, string> {
  const { config } = loadConfig({});
  const explained = explain(config, { image: "", path: "" }).map(({ key, value }): [string, string] => {
    return [key === "mode" ? key : `rules[].${key}`, value];
  });
  return new Map([
    ...explained,
    ["limits.open", String(config.limits.open)],
    ["limits.perHour", String(config.limits.perHour)],
  ]);
}

interface Row {
  readonly path: readonly string[];
  readonly value: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
}

function rowsOf(schema: JsonSchema, path: readonly string[]): readonly Row[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    rowOf(inner, [...path, key], schema.required?.includes(key) ?? false),
    ...rowsOf(inner, [...path, key]),
  ]);
  const items = schema.items === undefined ? [] : rowsOf(schema.items, [...path, "*"]);
  const named =
    typeof schema.additionalProperties === "object" ? rowsOf(schema.additionalProperties, [...path, "<name>"]) : [];
  return [...own, ...items, ...named, ...(schema.anyOf ?? []).flatMap((form) => rowsOf(form, path))];
}

function rowOf(schema: JsonSchema, path: readonly string[], required: boolean): Row {
  const { description = "", default: fallback } = schema;
  const isPlain = ["string", "number", "boolean"].includes(typeof fallback);
  return {
    path,
    value: shapeOf(schema),
    meaning: `${description}${required && fallback === undefined ? " Required." : ""}`,
    fallback: isPlain ? String(fallback) : undefined,
  };
}

function shapeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(" ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(shapeOf))].join(", or ");
  if (schema.type === "array") return schema.items?.properties ? "list" : `list of ${shapeOf(schema.items ?? {})}`;
  if (schema.type === "object") return "mapping";
  return schema.title ?? (schema.type === "string" ? "text" : (schema.type ?? ""));
}

/** What the documentation says of a key that is not acted on yet; of a list, when that is so of its items. */
function remarkOf(path: readonly string[], notYet: readonly NotYet[]): string {
  const key = path.join(".").replaceAll("<name>", "*");
  const found = notYet.find((entry) => [key, `${key}.*`].includes(entry.path.join(".")));
  if (found === undefined) return "";
  const what = found.values === undefined ? "Not" : `${found.values}: not`;
  return ` *${what} yet supported: ${EFFECTS[found.level]}.*`;
}

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const documentation = new URL("docs/configuration.md", root);
  writeFileSync(new URL("oakum.schema.json", root), publishedSchema());
  writeFileSync(documentation, refreshTables(readFileSync(documentation, "utf8")));
}
