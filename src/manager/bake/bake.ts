import { reason } from "../../core/reason.ts";
import type { FileSet, Problem } from "../../core/use/use.ts";
import { type BuildArgument, type BuildBudget, buildBudget, readBuild } from "../dockerfile/build.ts";
import type { Expansion } from "../dockerfile/expand.ts";
import { readInline } from "../dockerfile/inline.ts";
import { isDockerfile } from "../dockerfile/names.ts";
import { foundUse } from "../dockerfile/uses.ts";
import { eachFile, type FileReading } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import type { HclExpression } from "../syntax/hcl/tree.ts";
import { folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import type { FoundUse } from "../use/found.ts";
import { type Definition, readDefinition } from "./definition.ts";
import { chosen, evaluate } from "./evaluate.ts";
import { inheritedNames, type Target, targetsOf } from "./targets.ts";

const KIND = "bake";
const NAMES = /(?:^|\/)(?:docker-bake[^/]*|[^/]*[.-]bake|bake)\.(?:hcl|json)$/i;
const IMAGE = "docker-image://";

/** Files of Docker Bake, in HCL and in JSON. */
export const bake: Manager = eachFile({
  kind: KIND,
  matches: (path) => NAMES.test(path),
  looksInto: isDockerfile,
  read: readFile,
});

function readFile(path: string, text: string, files: FileSet): FileReading {
  const definition = readDefinition(path, text);
  const inherited = inheritedNames(definition);
  const budget = buildBudget();
  const readings = targetsOf(definition).map((target) => {
    const { found, problems } = readTarget(target, definition, files, budget);
    // What others inherit from need not be built itself.
    return inherited.has(target.name) ? { found: found.filter(isRead), problems: [] } : { found, problems };
  });
  return {
    found: inOrder(readings.flatMap(({ found }) => found)),
    problems: distinct([...definition.problems, ...readings.flatMap(({ problems }) => problems)]),
  };
}

function isRead({ use }: FoundUse): boolean {
  return use.blocked?.reason.code !== "no-dockerfile";
}

function readTarget(target: Target, definition: Definition, files: FileSet, budget: BuildBudget): FileReading {
  const contexts = [...target.contexts.values()].flatMap((value) => contextUse(value, definition));
  const inline = target.attributes.get("dockerfile-inline");
  const built = inline === undefined ? readArguments(target, definition, files, budget) : readOwn(inline, definition);
  return { found: [...contexts, ...built.found], problems: built.problems };
}

/** `docker-image://node:22`: what stands in for a stage, or for an image that the Dockerfile names. */
function contextUse(given: HclExpression, definition: Definition): readonly FoundUse[] {
  const { path, text, lineOf } = definition;
  const value = chosen(given, definition);
  const expansion = evaluate(value, definition);
  const written = text.slice(value.start, value.end);
  if (!written.startsWith(IMAGE) || expansion.text === `${IMAGE}scratch`) return [];
  const span = { path, start: value.start + IMAGE.length, end: value.end };
  const site = { role: "stage", text: written.slice(IMAGE.length), span, line: lineOf(value.start) } as const;
  return [foundUse(KIND, { ...site, expansion: behind(expansion) })];
}

function behind({ text, pieces, ...rest }: Expansion): Expansion {
  const [first, ...others] = pieces ?? [];
  const cut = first?.text.startsWith(IMAGE) && {
    pieces: [{ ...first, start: first.start + IMAGE.length, text: first.text.slice(IMAGE.length) }, ...others],
  };
  return { ...rest, text: text.slice(IMAGE.length), ...cut };
}

function readArguments(target: Target, definition: Definition, files: FileSet, budget: BuildBudget): FileReading {
  const { path, text, lineOf } = definition;
  const args = new Map(
    [...target.args].map(([name, value]): [string, BuildArgument] => {
      const span = { path, start: value.start, end: value.end };
      return [name, { span, line: lineOf(value.start), value: evaluate(value, definition) }];
    }),
  );
  const [first] = args.values();
  const dockerfile = dockerfileOf(target, definition);
  const contexts = target.contexts.keys();
  return readBuild({ manager: KIND, path, text, line: first?.line ?? 1, dockerfile, args, contexts }, files, budget);
}

/** Paths are from where bake is run, which is taken to be the folder of the file. */
function dockerfileOf({ attributes }: Target, definition: Definition): string | undefined {
  const part = (key: string, otherwise: string): string | undefined => {
    const value = attributes.get(key);
    if (value === undefined) return otherwise;
    const { text, blocked } = evaluate(value, definition);
    return blocked === undefined ? text : undefined;
  };
  const context = part("context", ".");
  const name = part("dockerfile", "Dockerfile");
  if (context === undefined || name === undefined || /^(?:[a-z+]+:|git@|\/)/i.test(context)) return undefined;
  const folder = joinPath(folderOf(definition.path), context);
  return folder === undefined || name.startsWith("/") ? undefined : joinPath(folder, name);
}

function readOwn(inline: HclExpression, { path, lineOf }: Definition): FileReading {
  const parts = inline.kind === "text" ? inline.parts : [];
  const literals = parts.filter((part) => part.kind === "literal");
  if (literals.length === 0 || literals.length < parts.length || literals.some(({ isExact }) => !isExact)) {
    const why = reason("not-parsed", "a Dockerfile with variables of Bake, or with escapes");
    return { found: [], problems: [{ path, line: lineOf(inline.start), column: 1, reason: why }] };
  }
  let text = "";
  const stretches = literals.map(({ value, start }) => {
    const at = text.length;
    text += value;
    return { at, offset: start };
  });
  return readInline({ manager: KIND, path, lineOf, text, stretches });
}

/** In the order of the file, each image once at each place: several targets may inherit it. */
function inOrder(found: readonly FoundUse[]): readonly FoundUse[] {
  const byPlace = new Map(found.map((one) => [`${one.use.span.start} ${one.use.text}`, one]));
  return [...byPlace.values()].toSorted((a, b) => a.use.span.start - b.use.span.start);
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
