import { reason } from "../../core/reason.ts";
import { isDigest, parseReference } from "../../core/reference.ts";
import type { Span, Use } from "../../core/use/use.ts";
import type { Fields, FoundUse } from "../found-use.ts";
import { literal } from "../image-use.ts";
import { follow } from "./look.ts";
import type { YamlFile, YamlMap, YamlNode, YamlScalar } from "./tree.ts";

const LONGEST = 512;

/** A map whose fields name an image together. The keys say which field is which part. */
export interface FieldsSite {
  readonly map: YamlMap;
  /** Name parts in the order in which slashes join them: a registry, a repository. Empty ones count as absent. */
  readonly name: readonly string[];
  readonly tag: string;
  readonly digest: string;
  /** Whether a digest field that is not there may be added. */
  readonly mayAdd: boolean;
}

/** The use that a map's fields make together; none where they name no tag and no digest. */
export function fieldsUse(manager: string, path: string, file: YamlFile, site: FieldsSite): FoundUse | undefined {
  const { map } = site;
  const names = site.name.map((key) => filled(map.entries.get(key))).filter((node) => node !== undefined);
  const repository = names.at(-1);
  const tag = filled(map.entries.get(site.tag));
  const digest = filled(map.entries.get(site.digest));
  if (repository === undefined || (tag === undefined && digest === undefined)) return undefined;
  const name = names.map(({ value }) => value.replace(/^\/+|\/+$/g, "")).join("/");
  const text = `${name}${tag ? `:${tag.value}` : ""}${digest ? `@${digest.value}` : ""}`;
  const parts = [...names, tag, digest].filter((node) => node !== undefined);
  const reference = parseReference(text);
  const blocked = whyBlocked(text, parts, reference !== undefined);
  const fields = blocked === undefined ? fieldsOf(path, file, site, tag, digest) : undefined;
  const use: Use = {
    manager,
    path,
    line: file.lineOf(repository.start),
    role: "workload",
    text,
    span: spanOf(path, repository),
    ...(blocked?.reason.code !== "unresolved-variable" && { resolved: text }),
    ...(reference && { reference }),
    variables: [],
    ...(fields !== undefined && fields.digest === undefined && ({ carries: "tag" } as const)),
    ...(blocked && { blocked }),
  };
  return { use, ...(fields && { fields }) };
}

/** Aliases are followed to read, and then not written: whatever else they name would change as well. */
function whyBlocked(text: string, parts: readonly YamlScalar[], isReference: boolean): Use["blocked"] {
  const expansion = literal(text);
  if (expansion.state === "unsupported") return { state: "unsupported", reason: expansion.reason };
  if (!isReference) return { state: "unsupported", reason: reason("invalid-reference") };
  return parts.every(({ isExact }) => isExact) ? undefined : { state: "held", reason: reason("broken-reference") };
}

/** A scalar with something in it. One that is an alias counts as not exact: it stands elsewhere. */
function filled(node: YamlNode | undefined): YamlScalar | undefined {
  const scalar = follow(node);
  // No part of a reference is longer.
  if (scalar?.kind !== "scalar" || scalar.value === "" || scalar.value.length > LONGEST) return undefined;
  if (isNull(scalar)) return undefined;
  return node?.kind === "alias" ? { ...scalar, isExact: false } : scalar;
}

function isNull({ value, isExact }: YamlScalar): boolean {
  return isExact && /^(?:~|null)$/i.test(value);
}

function fieldsOf(
  path: string,
  file: YamlFile,
  site: FieldsSite,
  tag: YamlScalar | undefined,
  digest: YamlScalar | undefined,
): Fields {
  const place = digestPlace(path, file, site, digest);
  return { ...(tag && { tag: spanOf(path, tag) }), ...(place && { digest: place }) };
}

function digestPlace(path: string, file: YamlFile, site: FieldsSite, digest: YamlScalar | undefined): Fields["digest"] {
  const { map } = site;
  if (digest !== undefined) {
    return isDigest(digest.value)
      ? { ...spanOf(path, digest), expect: digest.value, before: "", after: "" }
      : undefined;
  }
  const empty = map.entries.get(site.digest);
  if (empty?.kind === "scalar" && empty.value === "" && empty.isExact) {
    return { ...spanOf(path, empty), expect: "", before: "", after: "" };
  }
  const beside = map.keys.get(site.tag);
  if (!site.mayAdd || map.keys.has(site.digest) || beside === undefined) return undefined;
  const after = map.isFlow ? ", " : file.lineEndTo(beside);
  return { path, start: beside, end: beside, expect: "", before: `${site.digest}: `, after };
}

function spanOf(path: string, { start, end }: YamlScalar): Span {
  return { path, start, end };
}
