import { type Reason, reason } from "../../../core/reason.ts";
import { isDigest, parseReference } from "../../../core/reference.ts";
import type { Role, Span, Use } from "../../../core/use/use.ts";
import type { Fields, FoundUse } from "../../use/found.ts";
import { literal } from "../../use/image.ts";
import { isOtherNumber } from "../../use/plain-number.ts";
import { follow, isNull } from "./look.ts";
import type { YamlFile, YamlMap, YamlNode, YamlScalar } from "./tree.ts";

const LONGEST = 512;
const PREFIX = "sha256:";

/** Fields that name an image together, each in its place. A field with nothing in it counts as one that is not there. */
export interface FieldsSite {
  /** Parts of the name, in the order in which slashes join them: a registry, a repository. */
  readonly name: readonly (YamlNode | undefined)[];
  readonly tag: YamlNode | undefined;
  readonly digest: YamlNode | undefined;
  /** The digest stands there without `sha256:`. */
  readonly isHex?: boolean;
  /** Where a digest may be written where there is none: as this field of a map, before another one. */
  readonly digestField?: { readonly map: YamlMap; readonly key: string; readonly before: string };
  readonly role: Role;
  readonly platform?: string;
  readonly within?: string;
  /** Why this use cannot be updated, whatever its fields say. */
  readonly held?: Reason;
  /** Why there is no tag, or no name, where there must be one: without it, fields that lack one name no image. */
  readonly lacks?: { readonly tag: Reason; readonly name: Reason };
}

/** The use that fields make together; none where they name no image. */
export function fieldsUse(manager: string, path: string, file: YamlFile, site: FieldsSite): FoundUse | undefined {
  if (site.name.some(isTooLong)) return undefined;
  const parts = partsOf(site);
  const place = parts.names.at(-1) ?? parts.tag;
  if (place === undefined) return undefined;
  const { text, lack } = textOf(site, parts);
  if (text === undefined) return undefined;
  const reference = lack === undefined ? parseReference(text) : undefined;
  const blocked = lack ?? whyBlocked(text, parts, reference !== undefined, site.held);
  const fields = blocked === undefined ? fieldsOf(path, file, site, parts) : undefined;
  const { role, platform, within } = site;
  const use: Use = {
    manager,
    path,
    line: file.lineOf(place.start),
    role,
    text,
    span: spanOf(path, place),
    ...(blocked?.reason.code !== "unresolved-variable" && lack === undefined && { resolved: text }),
    ...(reference && { reference }),
    variables: [],
    ...(platform !== undefined && { platform }),
    ...(within !== undefined && { within }),
    ...(fields !== undefined && fields.digest === undefined && ({ carries: "tag" } as const)),
    ...(blocked && { blocked }),
  };
  return { use, ...(fields && { fields }) };
}

interface Parts {
  readonly names: readonly YamlScalar[];
  readonly tag: YamlScalar | undefined;
  /** What of the tag's field is a digest: `1.27@sha256:…`. */
  readonly tagDigest: YamlScalar | undefined;
  readonly digest: YamlScalar | undefined;
}

function partsOf({ name, tag, digest }: FieldsSite): Parts {
  const whole = filled(tag);
  const at = whole?.value.indexOf("@") ?? -1;
  return {
    names: name.map(filled).filter((node) => node !== undefined),
    ...(whole === undefined || at === -1
      ? { tag: whole, tagDigest: undefined }
      : { tag: piece(whole, 0, at), tagDigest: piece(whole, at + 1, whole.value.length) }),
    digest: filled(digest),
  };
}

/** A part of what a scalar says; what a number is, a part of it need not be. */
function piece(scalar: YamlScalar, from: number, to: number): YamlScalar {
  const { start } = scalar;
  return { ...scalar, value: scalar.value.slice(from, to), start: start + from, end: start + to, isPlain: false };
}

/** The reference that the fields make, or why they make none though they are about an image. */
function textOf(
  { isHex, lacks }: FieldsSite,
  { names, tag, tagDigest, digest }: Parts,
): { readonly text?: string; readonly lack?: NonNullable<Use["blocked"]> } {
  const name = names.map(({ value }) => value.replace(/^\/+|\/+$/g, "")).join("/");
  const version = tag?.value ? `:${tag.value}` : "";
  const digests = [tagDigest?.value, digest && (isHex ? PREFIX : "") + digest.value].filter((one) => one !== undefined);
  const text = name === "" ? (tag?.value ?? "") : [`${name}${version}`, ...digests].join("@");
  if (name !== "" && (version !== "" || digests.length > 0)) return { text };
  if (lacks === undefined) return {};
  const why = name === "" ? lacks.name : lacks.tag;
  return { text, lack: { state: name === "" ? "unsupported" : "held", reason: why } };
}

/** Aliases are followed to read, and then not written: whatever else they name would change as well. */
function whyBlocked(text: string, parts: Parts, isReference: boolean, held: Reason | undefined): Use["blocked"] {
  const expansion = literal(text);
  if (expansion.state === "unsupported") return { state: "unsupported", reason: expansion.reason };
  if (!isReference) return { state: "unsupported", reason: reason("invalid-reference") };
  if (held !== undefined) return { state: "held", reason: held };
  const { names, tag, digest } = parts;
  if (tag?.isPlain === true && isOtherNumber(tag.value)) {
    const why = reason("invalid-reference", `${tag.value} without quotes is read as another number`);
    return { state: "unsupported", reason: why };
  }
  const all = [...names, tag, digest].filter((node) => node !== undefined);
  return all.every(({ isExact }) => isExact) ? undefined : { state: "held", reason: reason("broken-reference") };
}

/** A scalar with something in it. One that is an alias counts as not exact: it stands elsewhere. */
function filled(node: YamlNode | undefined): YamlScalar | undefined {
  const scalar = follow(node);
  // No part of a reference is longer.
  if (scalar?.kind !== "scalar" || scalar.value === "" || scalar.value.length > LONGEST) return undefined;
  if (isNull(scalar)) return undefined;
  return node?.kind === "alias" ? { ...scalar, isExact: false } : scalar;
}

function isTooLong(node: YamlNode | undefined): boolean {
  const scalar = follow(node);
  return scalar?.kind === "scalar" && scalar.value.length > LONGEST;
}

function fieldsOf(path: string, file: YamlFile, site: FieldsSite, parts: Parts): Fields {
  const { tag } = parts;
  const place = digestPlace(path, file, site, parts);
  return {
    ...(tag?.value && { tag: { ...spanOf(path, tag), isPlain: tag.isPlain } }),
    ...(place && { digest: place }),
  };
}

function digestPlace(path: string, file: YamlFile, site: FieldsSite, parts: Parts): Fields["digest"] {
  const { digest, tagDigest } = parts;
  const drop = site.isHex === true ? PREFIX : "";
  if (digest !== undefined) {
    return isDigest(drop + digest.value)
      ? { ...spanOf(path, digest), expect: digest.value, before: "", after: "", drop }
      : undefined;
  }
  if (tagDigest !== undefined) {
    return { ...spanOf(path, tagDigest), expect: tagDigest.value, before: "", after: "", drop: "" };
  }
  const empty = site.digest;
  if (empty?.kind === "scalar" && empty.value === "" && empty.isExact) {
    return { ...spanOf(path, empty), expect: "", before: "", after: "", drop };
  }
  const field = site.digestField;
  const beside = field?.map.keys.get(field.before);
  if (field === undefined || field.map.keys.has(field.key) || beside === undefined) return undefined;
  const after = field.map.isFlow ? ", " : file.lineEndTo(beside);
  return { path, start: beside, end: beside, expect: "", before: `${field.key}: `, after, drop: "" };
}

function spanOf(path: string, { start, end }: YamlScalar): Span {
  return { path, start, end };
}
