import { reason } from "../../../core/reason.ts";
import type { Problem } from "../../../core/use/use.ts";
import { eachFile, type FileReading, NOTHING } from "../../each-file.ts";
import type { Manager } from "../../manager.ts";
import type { FoundUse } from "../../use/found.ts";
import { type Expand, type ImagePlace, imageUse } from "../../use/image.ts";
import { type FieldsSite, fieldsUse } from "./fields-use.ts";
import { follow } from "./look.ts";
import { holdMarked } from "./policy-marker.ts";
import { readYaml } from "./read.ts";
import type { YamlAlias, YamlFile, YamlNode, YamlScalar } from "./tree.ts";

/** Aliases can make a small file as large as they like. */
const MOST_SITES = 10_000;

/** A scalar, or an alias of one, that names an image in one piece. */
export interface ImageSite extends Pick<ImagePlace, "role" | "platform" | "within" | "carries" | "held"> {
  readonly node: YamlScalar | YamlAlias;
  /** What stands before the reference: `docker://`. */
  readonly prefix?: string;
  /** How its text is expanded, where not as all of its kind. */
  readonly expand?: Expand;
}

/** A place in a YAML file that names an image, in one piece or in fields; or a part of the file that cannot be read. */
export type Site = ImageSite | FieldsSite | Problem;

/** One kind of YAML file. */
export interface YamlKind extends Pick<Manager, "finds" | "writers"> {
  readonly kind: string;
  matches(path: string): boolean;
  /** Whether a text of such a name may be of this kind at all: asked before it is parsed. */
  mayHold(text: string, path: string): boolean;
  /** Reads a file of this kind, where it is not plain YAML. */
  read?(path: string, text: string): YamlFile;
  /** The images of one document, in reading order. */
  sites(document: YamlNode, file: YamlFile): Iterable<Site>;
  readonly expand?: Expand;
}

/** The manager of a kind of YAML file: it reads each by itself, and edits only within scalars. */
export function yamlManager(own: YamlKind): Manager {
  const { kind, matches, finds, writers } = own;
  return eachFile({
    ...{ kind, matches, read: (path, text) => readSites(own, path, text) },
    ...(finds && { finds }),
    ...(writers && { writers }),
  });
}

/** Reads the images of one file of a kind. */
export function readSites(
  { kind, mayHold, read = readYaml, sites, expand }: Omit<YamlKind, "matches" | "finds" | "writers">,
  path: string,
  text: string,
): FileReading {
  if (!mayHold(text, path)) return NOTHING;
  const file = read(path, text);
  const places = file.documents.values().flatMap((document) => sites(document, file));
  const found: FoundUse[] = [];
  const problems: Problem[] = [...file.problems];
  let count = 0;
  for (const site of places.take(MOST_SITES)) {
    count += 1;
    if ("reason" in site) problems.push(site);
    else found.push(...usesAt(kind, file, site, expand));
  }
  if (count === MOST_SITES) problems.push(tooMany(path));
  return { found: holdMarked(file, distinct(found)), problems };
}

function usesAt(
  kind: string,
  file: YamlFile,
  site: ImageSite | FieldsSite,
  expand: Expand | undefined,
): readonly FoundUse[] {
  if ("node" in site) return [imageUse(kind, placeOf(file, site), site.expand ?? expand)];
  const found = fieldsUse(kind, file.path, file, site);
  return found === undefined ? [] : [found];
}

function placeOf(file: YamlFile, { node, prefix = "", expand: _, ...rest }: ImageSite): ImagePlace {
  const scalar = follow(node);
  // Sites are scalars, or aliases of one.
  const { value, start, isExact } =
    scalar?.kind === "scalar" ? scalar : { value: "", start: node.start, isExact: false };
  return {
    path: file.path,
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
