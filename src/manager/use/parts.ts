import { reason } from "../../core/reason.ts";
import { isDigest, parseReference } from "../../core/reference.ts";
import type { Role, Span, Use } from "../../core/use/use.ts";
import type { FoundUse } from "./found.ts";
import { type Expand, type Expansion, literal } from "./image.ts";

/** A piece of a reference, and where it stands. */
export interface Part {
  readonly value: string;
  /** UTF-16 units from the start of the file, half open. */
  readonly start: number;
  readonly end: number;
  /** Whether exactly `value` stands there, and nothing else is read from there. */
  readonly isExact: boolean;
}

/** An image whose parts stand in fields of their own. */
export interface PartsPlace {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly role: Role;
  /** Name parts in the order in which slashes join them: a registry, a repository. At least one. */
  readonly name: readonly Part[];
  readonly tag?: Part | undefined;
  readonly digest?: Part | undefined;
  /** The platform that the file asks for, as written. */
  readonly platform?: string;
}

const AS_IT_IS = { before: "", after: "", drop: "" } as const;

/** The use that the parts make together, with why it cannot be updated, if so. */
export function partsUse(manager: string, place: PartsPlace, expand: Expand = literal): FoundUse {
  const { path, line, role, name, tag, digest, platform } = place;
  const text = textOf(place);
  const parts = [...name, tag, digest].filter((part) => part !== undefined);
  const reference = parseReference(text);
  const expansion = expand(text, { path, start: parts[0]?.start ?? 0 });
  const blocked = whyBlocked(expansion, parts, reference !== undefined);
  const at = (part: Part): Span => ({ path, start: part.start, end: part.end });
  const digestAt = digest && isDigest(digest.value) && { ...at(digest), expect: digest.value, ...AS_IT_IS };
  const fields =
    blocked === undefined
      ? { ...(tag && { tag: { ...at(tag), isPlain: false } }), ...(digestAt && { digest: digestAt }) }
      : undefined;
  const use: Use = {
    manager,
    path,
    line,
    role,
    text,
    span: at(name.at(-1) ?? { value: "", start: 0, end: 0, isExact: false }),
    // What only a run would tell is no reference, whatever the rest of it looks like.
    ...(blocked?.reason.code !== "unresolved-variable" && { resolved: text, ...(reference && { reference }) }),
    variables: [],
    ...(platform !== undefined && { platform }),
    ...(fields !== undefined && fields.digest === undefined && ({ carries: "tag" } as const)),
    ...(blocked && { blocked }),
  };
  return { use, ...(fields && { fields }) };
}

function textOf({ name, tag, digest }: PartsPlace): string {
  const names = name.map(({ value }) => value.replace(/^\/+|\/+$/g, "")).join("/");
  return `${names}${tag ? `:${tag.value}` : ""}${digest ? `@${digest.value}` : ""}`;
}

/** What is read from elsewhere, as through an alias, is not written: whatever else reads it would change as well. */
function whyBlocked(expansion: Expansion, parts: readonly Part[], isReference: boolean): Use["blocked"] {
  if (expansion.state === "unsupported") return { state: "unsupported", reason: expansion.reason };
  if (!isReference) return { state: "unsupported", reason: reason("invalid-reference") };
  return parts.every(({ isExact }) => isExact) ? undefined : { state: "held", reason: reason("broken-reference") };
}
