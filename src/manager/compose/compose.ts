import type { FileSet } from "../../core/use/use.ts";
import { buildBudget } from "../dockerfile/build.ts";
import { isDockerfile } from "../dockerfile/names.ts";
import { eachFile, type FileReading } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, readSites } from "../syntax/yaml/manager.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { readServiceBuild } from "./builds.ts";
import { environmentBeside, isEnvironment } from "./environment.ts";
import { expandWith } from "./interpolate.ts";

const KIND = "compose";
const NAMES = /(?:^|\/)(?:docker-|container-|podman-)?compose(?:[.-][^/]*)?\.ya?ml$/i;
const DEEPEST = 16;
/** Merged in from one another, services could be as many as they like. */
const MOST_BUILDS = 1000;

/** Compose files, by the Compose specification: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const compose: Manager = eachFile({
  kind: KIND,
  matches: (path) => NAMES.test(path),
  looksInto: (path) => isDockerfile(path) || isEnvironment(path),
  read: readFile,
});

function readFile(path: string, text: string, files: FileSet): FileReading {
  const environment = environmentBeside(path, files);
  const images = readSites(
    {
      kind: KIND,
      mayHold: () => /\bimage["']?[ \t]*:/.test(text),
      sites: (document) => servicesIn(document).flatMap(imageSite),
      expand: expandWith(environment),
    },
    path,
    text,
  );
  if (images.problems.length > 0 || !/\b(?:args|dockerfile_inline)["']?[ \t]*:/.test(text)) return images;
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
