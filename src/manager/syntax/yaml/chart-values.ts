import { reason } from "../../../core/reason.ts";
import { parseReference } from "../../../core/reference.ts";
import type { FieldsSite } from "./fields-use.ts";
import { childAt, follow, isNull, isText, itemsOf, textOf, valueAt } from "./look.ts";
import type { ImageSite } from "./manager.ts";
import type { YamlNode } from "./tree.ts";

const DEEPEST = 32;
/** No reference is longer. */
const LONGEST = 1024;
const LONGEST_TRAIL = 128;
const LONGEST_KEY = 64;
/** Keys under which charts write an image: `image`, `sidecarImage`, `init-image`. */
const IMAGE = /(?:^|[a-z_-])image$/i;
const IMAGES = /(?:^|[a-z_-])images$/i;
/** How charts name the field of the repository, in the order in which they are looked for. */
const REPOSITORIES = ["repository", "image", "name"] as const;
/** A repository of something else: of charts, or of git. */
const ADDRESS = /:\/\/|^git@/;
const LACKS = { tag: reason("tag-elsewhere"), name: reason("name-elsewhere") };

/** Fields by name, in whatever form a file has them. */
type ValueFields = ReadonlyMap<string, YamlNode>;

interface Place {
  /** The end of the key that leads to what is looked at. */
  readonly under: string;
  /** All keys that do, with dots. */
  readonly trail: string;
  /** What uses these values. */
  readonly owner: string;
  /** What stands for every registry of the chart, by a convention of many charts. */
  readonly registry: YamlNode | undefined;
}

/**
 * Images in values of Helm charts, in the shapes that charts have: `repository` (or `image`, or the `name` of an `image`) and
 * `tag` (or `version`), with `registry` and `digest` (or `sha`) or without; `imageTag` beside `image`; and the whole reference
 * under a key that ends in `image`. A digest is written only where the chart has a field for it: many charts put the tag into
 * labels, where a digest is refused. `owner` is what uses these values.
 */
export function chartValues(values: YamlNode, owner = ""): Iterable<ImageSite | FieldsSite> {
  const registry = firstGiven(
    valueAt(values, "global", "imageRegistry"),
    valueAt(values, "global", "image", "registry"),
  );
  return walk(values, { under: "", trail: "", owner, registry }, 0);
}

function* walk(node: YamlNode, place: Place, depth: number): Iterable<ImageSite | FieldsSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  if (node.kind === "map") {
    yield* imagesAmong(node.entries, place);
    for (const [key, value] of node.entries) {
      if (!isText(value)) yield* walk(value, below(place, key), depth + 1);
    }
  }
  for (const item of itemsOf(node)) {
    if (!isText(item)) yield* walk(item, place, depth + 1);
    else if (IMAGES.test(place.under) && isWhole(textOf(item)))
      yield { node: item, role: "workload", ...within(place) };
  }
}

/** The same in Argo CD's list of parameters, each with the keys to its value as its name. */
export function* parametersAsValues(list: YamlNode | undefined, owner = ""): Iterable<ImageSite | FieldsSite> {
  const groups = new Map<string, Map<string, YamlNode>>();
  for (const item of itemsOf(list)) {
    const name = textOf(childAt(item, "name")) ?? "";
    const value = childAt(item, "value");
    if (value === undefined || name.length > LONGEST) continue;
    const dot = name.lastIndexOf(".");
    const fields = groups.get(name.slice(0, Math.max(dot, 0))) ?? new Map<string, YamlNode>();
    groups.set(name.slice(0, Math.max(dot, 0)), fields.set(name.slice(dot + 1), value));
  }
  const registry = firstGiven(groups.get("global")?.get("imageRegistry"), groups.get("global.image")?.get("registry"));
  for (const [trail, fields] of groups) {
    const under = trail.slice(trail.lastIndexOf(".") + 1).slice(-LONGEST_KEY);
    yield* imagesAmong(fields, { under, trail: trail.slice(0, LONGEST_TRAIL), owner, registry });
  }
}

/** The images that fields beside one another name. */
function* imagesAmong(fields: ValueFields, place: Place): Iterable<ImageSite | FieldsSite> {
  yield* imageOf(fields, place);
  for (const [key, value] of fields) {
    if (/[a-z_-]tag$/i.test(key)) yield* splitImage(fields, key, place);
    const isNamed = IMAGE.test(key) || IMAGES.test(place.under) || (key === "repository" && IMAGE.test(place.under));
    if (isNamed && isText(value) && (isWhole(textOf(value)) || isTemplated(textOf(value)))) {
      yield { node: value, role: "workload", ...within(below(place, key)) };
    }
  }
}

function* imageOf(fields: ValueFields, place: Place): Iterable<FieldsSite> {
  const isImage = IMAGE.test(place.under);
  const repository = REPOSITORIES.find((key) => (key !== "name" || isImage) && isName(textOf(fields.get(key))));
  const isHex = !fields.has("digest") && fields.has("sha");
  const tag = fields.get("tag") ?? (isImage ? fields.get("version") : undefined);
  const digest = fields.get(isHex ? "sha" : "digest");
  const isAbout = tag !== undefined || digest !== undefined;
  if (repository === undefined ? !isImage || !isAbout : !isAbout && !(isImage && repository === "repository")) return;
  if (repository === undefined && REPOSITORIES.some((key) => textOf(fields.get(key)))) return;
  const own = firstGiven(fields.get("registry"));
  // Beside `image`, as in the chart of ingress-nginx, the registry of the whole chart stands in for one that is not there.
  const ofAll = repository === "image" && own !== undefined ? undefined : place.registry;
  const others = [...fields].filter(([key, value]) => isOtherDigest(key, textOf(value)));
  yield {
    name: repository === undefined ? [] : nameOf(own, fields.get(repository), ofAll),
    tag,
    digest,
    isHex,
    role: "workload",
    lacks: LACKS,
    ...within(place),
    ...(others.length > 0 && {
      held: reason(
        "several-digests",
        others
          .map(([key]) => key)
          .join(", ")
          .slice(0, 128),
      ),
    }),
  };
}

/** `digestChroot`, `amd64Digest`: of an image that is named nowhere. */
function isOtherDigest(key: string, text: string | undefined): boolean {
  return key !== "digest" && key.length <= LONGEST_KEY && /digest/i.test(key) && text?.startsWith("sha256:") === true;
}

/** `imageTag` beside `image`, or beside `imageRepository`. */
function* splitImage(fields: ValueFields, tagKey: string, place: Place): Iterable<FieldsSite> {
  const [, base = "", separator = ""] = /^(.*?)([_-]?)tag$/i.exec(tagKey) ?? [];
  if (!IMAGE.test(base)) return;
  const of = (name: string) => fields.get(`${base}${separator}${separator === "" ? name : name.toLowerCase()}`);
  const repository = [fields.get(base), of("Repository"), of("Name")].find((node) => isName(textOf(node)));
  const tag = fields.get(tagKey);
  if (repository === undefined || textOf(tag) === undefined) return;
  yield {
    name: nameOf(of("Registry"), repository, place.registry),
    tag,
    digest: of("Digest"),
    role: "workload",
    lacks: LACKS,
    ...within(below(place, base)),
  };
}

/** A registry for the whole chart comes before an image's own; it is not put before a name that has one already. */
function nameOf(own: YamlNode | undefined, repository: YamlNode | undefined, global: YamlNode | undefined) {
  if (global === undefined) return [own, repository];
  const [host = ""] = (textOf(repository) ?? "").split("/", 1);
  return own === undefined && /[.:]/.test(host) ? [repository] : [global, repository];
}

/** The first that says something: charts write `null` and `""` for what is not set. */
function firstGiven(...nodes: readonly (YamlNode | undefined)[]): YamlNode | undefined {
  return nodes.find((node) => {
    const scalar = follow(node);
    return scalar?.kind === "scalar" && scalar.value !== "" && !isNull(scalar);
  });
}

function isName(text: string | undefined): boolean {
  return text !== undefined && text !== "" && !ADDRESS.test(text) && !isWhole(text);
}

/** A name alone is a repository, whose tag stands elsewhere. */
function isWhole(text: string | undefined): boolean {
  if (text === undefined || text.length > LONGEST || text.includes("{{")) return false;
  const reference = parseReference(text);
  return reference?.tag !== undefined || reference?.digest !== undefined;
}

/** A chart may fill in values as it fills in its templates. */
function isTemplated(text: string | undefined): boolean {
  return text?.includes("{{") === true;
}

function below(place: Place, key: string): Place {
  const { trail } = place;
  const isLong = trail.length + key.length >= LONGEST_TRAIL;
  return { ...place, under: key.slice(-LONGEST_KEY), trail: isLong ? trail : [trail, key].filter(Boolean).join(".") };
}

function within({ owner, trail }: Place): { readonly within?: string } {
  const text = `${owner} ${trail}`.trim();
  return text === "" ? {} : { within: text };
}
