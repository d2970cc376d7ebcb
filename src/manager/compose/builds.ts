import { reason } from "../../core/reason.ts";
import type { FileSet } from "../../core/use/use.ts";
import { type Build, type BuildArgument, type BuildBudget, readBuild } from "../dockerfile/build.ts";
import { readInline } from "../dockerfile/inline.ts";
import type { FileReading } from "../each-file.ts";
import { NOTHING } from "../each-file.ts";
import { entriesOf, follow, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import type { YamlFile, YamlNode, YamlScalar } from "../syntax/yaml/tree.ts";
import { inlineDockerfile } from "./inline.ts";
import { type Environment, interpolate } from "./interpolate.ts";

const MANAGER = "compose";
/** No part of a reference is longer. */
const LONGEST = 1024;

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
  const described: Build = { manager: MANAGER, path: file.path, line: first?.line ?? 1, dockerfile, args };
  return readBuild(described, files, budget);
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
  const found = follow(node);
  for (const [name, value] of entriesOf(found)) add(args, name, follow(value), 0, file, environment);
  for (const item of itemsOf(found)) {
    const scalar = follow(item);
    const [name = "", ...values] = scalar?.kind === "scalar" ? scalar.value.slice(0, LONGEST).split("=") : [];
    if (values.length > 0) add(args, name, scalar, name.length + 1, file, environment);
  }
  return args;
}

/** Without quotes, numbers that Compose reads as such and hands on otherwise: `1.20` as 1.2. Nobody meant that, so none is written. */
const OTHER_NUMBER = /^[-+]?(?:0\d+|0[xob][\da-f]+|\d*\.\d*0|\d+_[\d_]*|\.\d+|\d+\.|\d+(?:\.\d+)?e[-+]?\d+)$/i;

function add(
  args: Map<string, BuildArgument>,
  name: string,
  scalar: ReturnType<typeof follow>,
  skip: number,
  file: YamlFile,
  environment: Environment,
): void {
  if (scalar?.kind !== "scalar" || scalar.value.length > LONGEST) return;
  const { path } = file;
  const text = scalar.value.slice(skip);
  const start = scalar.start + skip;
  const span = { path, start, end: start + text.length };
  const { pieces, ...value } = interpolate(text, { path, start }, environment);
  if (scalar.isPlain && skip === 0 && OTHER_NUMBER.test(text)) return;
  args.set(name, {
    span,
    line: file.lineOf(scalar.start),
    value: { ...value, ...(scalar.isExact && { pieces }) },
  });
}
