import type { FileSet } from "../../core/use/use.ts";
import { buildBudget } from "../dockerfile/build.ts";
import { isDockerfile } from "../dockerfile/names.ts";
import { eachFile, type FileReading, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, readSites } from "../syntax/yaml/manager.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { contextSites, readServiceBuild } from "./builds.ts";
import { environmentBeside, isEnvironment } from "./environment.ts";
import { expandWith } from "./interpolate.ts";

const KIND = "compose";
const NAMES = /(?:^|\/)(?:docker-|container-|podman-)?compose(?:[.-][^/]*)?\.ya?ml$/i;
/** What a file of another name may have at its top to be one, beside extensions. */
const KEYS: ReadonlySet<string> = new Set(
  "version name services networks volumes configs secrets include models".split(" "),
);
/** Files of other tools, which have services as well. */
const OTHERS = /(?:^|\/)\.[^/]+(?:\/|\.ya?ml$)/i;
const DEEPEST = 16;
/** Merged in from one another, services could be as many as they like. */
const MOST_BUILDS = 1000;

/** Compose files, by the Compose specification: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const compose: Manager = eachFile({
  kind: KIND,
  matches: (path) => NAMES.test(path) || (/\.ya?ml$/i.test(path) && !OTHERS.test(path)),
  looksInto: (path) => isDockerfile(path) || isEnvironment(path),
  read: readFile,
});

function readFile(path: string, text: string, files: FileSet): FileReading {
  if (!NAMES.test(path) && !isCompose(path, text)) return NOTHING;
  const environment = environmentBeside(path, files);
  const images = readSites(
    {
      kind: KIND,
      mayHold: () => /\bimage["']?[ \t]*:|docker-image:\/\//.test(text),
      sites: (document) => servicesIn(document).flatMap(sitesOf),
      expand: expandWith(environment),
    },
    path,
    text,
  );
  if (images.problems.length > 0 || !BUILDS.test(text)) return images;
  const file = readYaml(path, text);
  const budget = buildBudget();
  const builds = file.documents
    .values()
    .flatMap(servicesIn)
    .take(MOST_BUILDS)
    .map((service) => readServiceBuild(service, file, environment, files, budget))
    .toArray();
  return {
    found: inOrder([...images.found, ...builds.flatMap(({ found }) => found)]),
    problems: [...file.problems, ...builds.flatMap(({ problems }) => problems)],
  };
}

const BUILDS = /\b(?:args|dockerfile_inline)["']?[ \t]*:/;

/** Whether a file of any name is one by what is in it, as those are that others include or extend, or `docker stack` deploys. */
function isCompose(path: string, text: string): boolean {
  if (!/^services[ \t]*:/m.test(text) || !/\b(?:image|build|dockerfile_inline)[ \t]*:/.test(text)) return false;
  const { documents, problems } = readYaml(path, text);
  const [root] = documents;
  if (problems.length > 0 || documents.length !== 1) return false;
  const services = entriesOf(childAt(root, "services"));
  return (
    services.some(
      ([, service]) => valueAt(service, "image") !== undefined || valueAt(service, "build") !== undefined,
    ) && entriesOf(root).every(([key]) => KEYS.has(key) || key.startsWith("x-"))
  );
}

/** The services, and what stands in extensions, which services merge in. Files of before 2015 have services at the top. */
function* servicesIn(document: YamlNode): Generator<YamlNode, undefined> {
  const services = childAt(document, "services");
  for (const [key, value] of entriesOf(document)) {
    if (key.startsWith("x-")) yield* withinExtension(value, 0);
    else if (services === undefined) yield value;
  }
  for (const [, service] of entriesOf(services)) yield service;
}

function* withinExtension(node: YamlNode, depth: number): Generator<YamlNode, undefined> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  yield node;
  for (const [key, value] of entriesOf(node)) if (key !== "image") yield* withinExtension(value, depth + 1);
}

function sitesOf(service: YamlNode): readonly ImageSite[] {
  const own = imageSite(service);
  const hooks = itemsOf(childAt(service, "pre_start")).map((hook) => valueAt(hook, "image"));
  const mounts = itemsOf(childAt(service, "volumes"))
    .filter((volume) => textOf(valueAt(volume, "type")) === "image")
    .map((volume) => valueAt(volume, "source"));
  const others = [...hooks, ...mounts].filter(isText).map((node) => ({ node, role: "workload" as const }));
  return [...own, ...others, ...contextSites(service)];
}

/** The image of a service that is built is what the build is named, and nothing that is pulled. */
function imageSite(service: YamlNode): readonly ImageSite[] {
  const image = valueAt(service, "image");
  if (!isText(image) || valueAt(service, "build") !== undefined) return [];
  const platform = textOf(valueAt(service, "platform"));
  const literal = platform !== undefined && !platform.includes("$") && { platform };
  return [{ node: image, role: "workload", ...literal }];
}

/** In the order of the file, each image once at each place: several services may merge in one build. */
function inOrder(found: readonly FoundUse[]): readonly FoundUse[] {
  const byPlace = new Map(found.map((one) => [`${one.use.span.start} ${one.use.text}`, one]));
  return [...byPlace.values()].toSorted((a, b) => a.use.span.start - b.use.span.start);
}
