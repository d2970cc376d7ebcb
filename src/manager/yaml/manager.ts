import { reason } from "../../core/reason.ts";
import type { Problem, Role } from "../../core/use/use.ts";
import { eachFile, NOTHING } from "../each-file.ts";
import type { FoundUse } from "../found-use.ts";
import { type Expand, type ImagePlace, imageUse } from "../image-use.ts";
import type { Manager } from "../manager.ts";
import { type FieldsSite, fieldsUse } from "./fields-use.ts";
import { follow } from "./look.ts";
import { readYaml, type YamlAlias, type YamlFile, type YamlNode, type YamlScalar } from "./tree.ts";

/** Aliases can make a small file as large as they like. */
const MOST_SITES = 10_000;

/** A scalar, or an alias of one, that names an image in one piece. */
export interface ImageSite {
  readonly node: YamlScalar | YamlAlias;
  readonly role: Role;
  /** What stands before the reference: `docker://`. */
  readonly prefix?: string;
  /** The platform that the file asks for, as written. */
  readonly platform?: string;
}

/** One kind of YAML file. */
export interface YamlKind {
  readonly kind: string;
  matches(path: string): boolean;
  /** Whether a text of such a name may be of this kind at all: asked before it is parsed. */
  mayHold(text: string): boolean;
  /** The images of one document, in reading order. */
  sites(document: YamlNode, path: string): Iterable<ImageSite | FieldsSite>;
  readonly expand?: Expand;
}

/** The manager of a kind of YAML file: it reads each by itself, and edits only within scalars. */
export function yamlManager({ kind, matches, mayHold, sites, expand }: YamlKind): Manager {
  const read = (path: string, text: string) => {
    if (!mayHold(text)) return NOTHING;
    const file = readYaml(path, text);
    const places = file.documents.values().flatMap((document) => sites(document, path));
    const found = [...places.take(MOST_SITES)].flatMap(
      (site) =>
        ("map" in site ? fieldsUse(kind, path, file, site) : imageUse(kind, placeOf(path, file, site), expand)) ?? [],
    );
    return {
      found: distinct(found),
      problems: [...file.problems, ...(found.length < MOST_SITES ? [] : [tooMany(path)])],
    };
  };
  return eachFile({ kind, matches, read });
}

function placeOf(path: string, file: YamlFile, { node, prefix = "", ...rest }: ImageSite): ImagePlace {
  const scalar = follow(node);
  // Sites are scalars, or aliases of one.
  const { value, start, isExact } =
    scalar?.kind === "scalar" ? scalar : { value: "", start: node.start, isExact: false };
  return {
    path,
    line: file.lineOf(node.start),
    value: value.slice(prefix.length),
    start: start + prefix.length,
    isExact,
    ...(node.kind === "alias" && { alias: { text: `*${node.name}`, start: node.start, end: node.end } }),
    ...rest,
  };
}

function tooMany(path: string): Problem {
  return { path, line: 1, column: 1, reason: reason("too-many-images", `more than ${MOST_SITES} in one file`) };
}

/** In the order of the file, each place once: a merged map is read wherever it is merged in. */
function distinct(found: readonly FoundUse[]): readonly FoundUse[] {
  const byPlace = new Map(found.map((one) => [one.use.span.start, one]));
  return [...byPlace.values()].toSorted((a, b) => a.use.span.start - b.use.span.start);
}
