import { reason } from "../../core/reason.ts";
import type { FileSet } from "../../core/use/use.ts";
import { type Build, type BuildArgument, type BuildBudget, readBuild } from "../dockerfile/build.ts";
import { readInline } from "../dockerfile/inline.ts";
import type { FileReading } from "../each-file.ts";
import { NOTHING } from "../each-file.ts";
import { entriesOf, follow, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import type { ImageSite } from "../syntax/yaml/manager.ts";
import { folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import type { YamlFile, YamlNode, YamlScalar } from "../syntax/yaml/tree.ts";
import { isOtherNumber } from "../use/plain-number.ts";
import { inlineDockerfile } from "./inline.ts";
import { type Environment, interpolate } from "./interpolate.ts";

const MANAGER = "compose";
/** No part of a reference is longer. */
const LONGEST = 1024;
const MOST_SHOWN = 128;

/** The images that the builds of one service name: by arguments that reach a FROM, or in a Dockerfile of their own. */
export function readServiceBuild(
  service: YamlNode,
  file: YamlFile,
  environment: Environment,
  files: FileSet,
  budget: BuildBudget,
): FileReading {
  const build = valueAt(service, "build");
  if (follow(build)?.kind !== "map") return NOTHING;
  const inline = follow(valueAt(build, "dockerfile_inline"));
  if (inline?.kind === "scalar") return readOwn(inline, file);
  const args = argumentsOf(valueAt(build, "args"), file, environment);
  const dockerfile = dockerfileOf(build, file, environment);
  const [first] = args.values();
  const contexts = contextsOf(build).map(({ name }) => name);
  const described: Build = {
    manager: MANAGER,
    path: file.path,
    text: file.text,
    line: first?.line ?? 1,
    dockerfile,
    args,
    contexts,
  };
  return readBuild(described, files, budget);
}

/** What a build calls a context of its own, and where that is. */
interface NamedContext {
  readonly name: string;
  readonly value: YamlScalar;
  /** Where in the scalar the value begins. */
  readonly skip: number;
}

/** `additional_contexts`, a map or a list of `name=value`. */
function contextsOf(build: YamlNode | undefined): readonly NamedContext[] {
  return pairsIn(follow(valueAt(build, "additional_contexts")));
}

const IMAGE = "docker-image://";

/** The images that stand in for a stage, or for an image that the Dockerfile names: `docker-image://node:22`. */
export function contextSites(service: YamlNode): readonly ImageSite[] {
  return contextsOf(valueAt(service, "build")).flatMap(({ value, skip }) => {
    const prefix = value.value.slice(0, skip + IMAGE.length);
    return prefix.endsWith(IMAGE) && value.value.length > prefix.length
      ? [{ node: value, role: "stage" as const, prefix }]
      : [];
  });
}

/** The entries of a map, or of a list of `NAME=value`; those without a value are none. */
function pairsIn(node: YamlNode | undefined): readonly NamedContext[] {
  const own = entriesOf(node).flatMap(([name, value]) => {
    const scalar = follow(value);
    return scalar?.kind === "scalar" ? [{ name, value: scalar, skip: 0 }] : [];
  });
  const listed = itemsOf(node).flatMap((item) => {
    const value = follow(item);
    const [name = "", ...values] = value?.kind === "scalar" ? value.value.slice(0, LONGEST).split("=") : [];
    return value?.kind === "scalar" && values.length > 0 ? [{ name, value, skip: name.length + 1 }] : [];
  });
  return [...own, ...listed];
}

function readOwn(scalar: YamlScalar, file: YamlFile): FileReading {
  const inline = inlineDockerfile(file.text, scalar);
  const { path, lineOf } = file;
  if (inline !== undefined) return readInline({ manager: MANAGER, path, lineOf, ...inline });
  const why = reason("not-parsed", "a Dockerfile with variables of Compose, or not in a literal block");
  return { found: [], problems: [{ path, line: lineOf(scalar.start), column: 1, reason: why }] };
}

/** The path of the Dockerfile; `undefined` where it is not in this repository, or nobody knows. */
function dockerfileOf(build: YamlNode | undefined, file: YamlFile, environment: Environment): string | undefined {
  const part = (key: string, otherwise: string): string | undefined => {
    const text = textOf(valueAt(build, key));
    if (text === undefined) return otherwise;
    if (text.length > LONGEST) return undefined;
    const { text: found, blocked } = interpolate(text, { path: file.path, start: 0 }, environment);
    return blocked === undefined ? found : undefined;
  };
  const context = part("context", ".");
  const name = part("dockerfile", "Dockerfile");
  if (context === undefined || name === undefined || /^(?:[a-z+]+:|git@|\/|~)/i.test(context)) return undefined;
  const folder = joinPath(folderOf(file.path), context);
  return folder === undefined || name.startsWith("/") ? undefined : joinPath(folder, name);
}

/** The arguments of a build, from a map or from a list of `NAME=value`. Those without a value come from where it is run. */
function argumentsOf(
  node: YamlNode | undefined,
  file: YamlFile,
  environment: Environment,
): ReadonlyMap<string, BuildArgument> {
  const args = new Map<string, BuildArgument>();
  for (const { name, value, skip } of pairsIn(follow(node))) add(args, name, value, skip, file, environment);
  return args;
}

function add(
  args: Map<string, BuildArgument>,
  name: string,
  scalar: YamlScalar,
  skip: number,
  file: YamlFile,
  environment: Environment,
): void {
  const { path } = file;
  const text = scalar.value.slice(skip, skip + LONGEST);
  const start = scalar.start + skip;
  const span = { path, start, end: start + text.length };
  const isPlain = scalar.isPlain && skip === 0;
  // `1.20` is handed on as 1.2: nobody meant that, and what is passed is not the Dockerfile's default either.
  if ((isPlain && isOtherNumber(text)) || scalar.value.length > LONGEST) {
    const blocked = { state: "unsupported", reason: reason("unresolved-variable", text.slice(0, MOST_SHOWN)) } as const;
    args.set(name, { span, line: file.lineOf(scalar.start), value: { text: "", variables: [], blocked } });
    return;
  }
  const { pieces, ...value } = interpolate(text, { path, start }, environment);
  const isWhole = isPlain && value.variables.length === 0;
  const own = isWhole ? pieces.map((piece) => ({ ...piece, isPlain })) : pieces;
  args.set(name, {
    span,
    line: file.lineOf(scalar.start),
    value: { ...value, ...(scalar.isExact && { pieces: own }) },
  });
}
