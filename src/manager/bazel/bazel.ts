import { reason } from "../../core/reason.ts";
import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse } from "../syntax/script/expression-use.ts";
import { STARLARK } from "../syntax/script/language.ts";
import { argumentsOf, everyList, isGroup, isMark, isName, textIn } from "../syntax/script/look.ts";
import { type Group, type Item, readScript, type Script } from "../syntax/script/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { type Expand, literal } from "../use/image.ts";
import { type Part, type PartsPlace, partsUse } from "../use/parts.ts";

const NAMES = /(?:^|\/)(?:[^/]*\.)?(?:MODULE|WORKSPACE)\.bazel$|(?:^|\/)WORKSPACE(?:\.bzlmod)?$|\.bzl$/;
/** Rules that pull an image: of rules_oci, and of rules_docker before it. */
const RULES: ReadonlySet<string> = new Set(["oci_pull", "container_pull"]);
/** No part of a reference is longer. */
const LONGEST = 512;
const SCHEME = /^https?:\/\//;

/**
 * `oci.pull` in modules, `oci_pull` and `container_pull` elsewhere: https://github.com/bazel-contrib/rules_oci/blob/main/docs/pull.md.
 * A digest that is there counts, and the tag beside it says which one to follow.
 */
export const bazel: Manager = eachFile({
  kind: "bazel",
  matches: (path) => NAMES.test(path),
  read(path, text) {
    if (!/\b(?:oci|container)_pull\b|\.pull\b/.test(text)) return NOTHING;
    const { script, problems } = readScript(path, text, STARLARK);
    if (script === undefined) return { found: [], problems };
    const extensions = extensionsIn(script.items);
    const found = [...everyList(script.items)].flatMap((items) =>
      items.flatMap((item, at) => (isGroup(item, "(") && isPull(items, at, extensions) ? pullUse(script, item) : [])),
    );
    return { found: found.toSorted((a, b) => a.use.span.start - b.use.span.start), problems };
  },
});

/** What the module names the extension: `oci = use_extension("@rules_oci//oci:extensions.bzl", "oci")`. */
function extensionsIn(items: readonly Item[]): ReadonlySet<string> {
  const names = items.flatMap((item, at) => {
    const [sign, call, group] = items.slice(at + 1, at + 4);
    const isExtension = isName(item) && isMark(sign, "=") && isName(call, "use_extension") && isGroup(group, "(");
    return isExtension && group.items.some((inner) => inner.kind === "text" && inner.value === "oci")
      ? [item.value]
      : [];
  });
  return new Set(names);
}

/** Whether brackets are those of a call that pulls an image, and not of a definition. */
function isPull(items: readonly Item[], at: number, extensions: ReadonlySet<string>): boolean {
  const [before, point, name] = [items[at - 3], items[at - 2], items[at - 1]];
  if (!isName(name)) return false;
  if (isMark(point, ".")) return name.value === "pull" && isName(before) && extensions.has(before.value);
  return RULES.has(name.value) && !isName(point, "def");
}

function pullUse(script: Script, call: Group): FoundUse | readonly never[] {
  const named = new Map(argumentsOf(call, "=").map(({ name = "", value }) => [name, value]));
  const platform = platformIn(named.get("platforms"));
  const asked = { role: "base", ...(platform !== undefined && { platform }) } as const;
  const [image] = [named.get("image"), named.get("repository")].filter(
    (items) => items !== undefined && items.length > 0,
  );
  if (image === undefined) return [];
  return isInOnePiece(named)
    ? expressionUse("bazel", script, { items: image, prefix: SCHEME, ...asked })
    : attributesUse(script, named, asked);
}

type Attributes = ReadonlyMap<string, readonly Item[]>;

/** Whether `image` says all, by itself or by what it is computed from. */
function isInOnePiece(named: Attributes): boolean {
  const image = named.get("image");
  if (image === undefined) return partIn(named.get("repository")) === undefined;
  const parts = splitImage(partIn(image));
  if (parts === undefined) return true;
  const isOne = parts.tag !== undefined || parts.digest !== undefined;
  return isOne && !["tag", "digest"].some((name) => isGiven(named.get(name)));
}

function attributesUse(script: Script, named: Attributes, asked: Pick<PartsPlace, "role" | "platform">): FoundUse {
  const part = (name: string) => partIn(named.get(name));
  const image = splitImage(part("image"));
  const name = image === undefined ? [part("registry"), part("repository")] : [image.name];
  const parts = name.filter((one) => one !== undefined);
  const place = {
    ...{ path: script.path, line: script.lineOf(parts.at(-1)?.start ?? 0), name: parts, ...asked },
    ...{ tag: image?.tag ?? part("tag"), digest: image?.digest ?? part("digest") },
  };
  const computed = ["registry", "tag", "digest"].find((one) => isGiven(named.get(one)) && part(one) === undefined);
  return partsUse("bazel", place, computed === undefined ? literal : unresolved(computed));
}

function isGiven(value: readonly Item[] | undefined): boolean {
  return value !== undefined && value.length > 0 && !isName(value[0], "None");
}

function unresolved(name: string): Expand {
  return () => ({ state: "unsupported", reason: reason("unresolved-variable", name) });
}

function partIn(value: readonly Item[] | undefined): Part | undefined {
  const text = textIn(value ?? []);
  return text === undefined || text.value === "" || text.value.length > LONGEST ? undefined : text;
}

/** `image` may have the tag or the digest in it. */
function splitImage(image: Part | undefined) {
  if (image === undefined) return undefined;
  const { value, start, isExact } = image;
  const from = SCHEME.exec(value)?.[0].length ?? 0;
  const digestAt = value.includes("@") ? value.indexOf("@") : value.length;
  const colon = value.slice(0, digestAt).lastIndexOf(":");
  const tagAt = colon > Math.max(value.lastIndexOf("/", digestAt), from) ? colon : digestAt;
  const piece = (a: number, b: number): Part | undefined =>
    a >= b ? undefined : { value: value.slice(a, b), start: start + a, end: start + b, isExact };
  return { name: piece(from, tagAt), tag: piece(tagAt + 1, digestAt), digest: piece(digestAt + 1, value.length) };
}

/** The platform, where the list names exactly one. */
function platformIn(value: readonly Item[] | undefined): string | undefined {
  const [list, ...others] = value ?? [];
  if (others.length > 0 || !isGroup(list, "[")) return undefined;
  const [only, ...more] = list.items.filter(({ kind }) => kind !== "mark");
  return more.length === 0 && only?.kind === "text" ? only.value : undefined;
}
