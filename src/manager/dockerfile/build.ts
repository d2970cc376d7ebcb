import { reason } from "../../core/reason.ts";
import { formatReference, parseReference } from "../../core/reference.ts";
import type { FileSet, Piece, Span, Variable } from "../../core/use/use.ts";
import { type FileReading, NOTHING } from "../each-file.ts";
import type { FoundUse } from "../use/found.ts";
import type { Expansion, Setting } from "./expand.ts";
import { readDockerfile, type Site } from "./read.ts";
import { foundUse } from "./uses.ts";

/** A build as another file describes it. */
export interface Build {
  /** The kind of the file that describes it. */
  readonly manager: string;
  readonly path: string;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** The path of the Dockerfile; `undefined` where it is not in this repository. */
  readonly dockerfile: string | undefined;
  readonly args: ReadonlyMap<string, BuildArgument>;
  /** Names that the build gives contexts: a FROM of one of them names no image. */
  readonly contexts?: Iterable<string>;
}

/** What a build passes for an argument: as the file has it, and as its tool reads it. */
export interface BuildArgument {
  readonly span: Span;
  /** 1-based. */
  readonly line: number;
  readonly value: Expansion;
}

/** What the builds of one file may still cost, in characters: any number of them may name one Dockerfile. */
export interface BuildBudget {
  left: number;
}

export function buildBudget(): BuildBudget {
  return { left: 1024 * 1024 };
}

/** As much as this many characters. */
const COST_OF_IMAGE = 500;

/**
 * The images that a build's arguments decide: a use each, at the argument. What the Dockerfile says beside them is read, but not
 * this use's to change. Where there is no Dockerfile to read, nobody knows which images the arguments name: that is one use, at the
 * first of them.
 */
export function readBuild(build: Build, files: FileSet, budget: BuildBudget): FileReading {
  const { manager, path, line, dockerfile, args } = build;
  const text = dockerfile === undefined ? undefined : files.get(dockerfile);
  if (dockerfile === undefined || text === undefined) {
    const first = [...args].find(([name]) => !OF_THE_BUILDER.test(name))?.[1];
    return { found: first === undefined ? [] : [unknownUse(build, first)], problems: [] };
  }
  if (args.size === 0) return NOTHING;
  if (budget.left < text.length) {
    const problem = { path, line, column: 1, reason: reason("too-large", "its builds, with all of their Dockerfiles") };
    return { found: [], problems: [problem] };
  }
  const given = new Map([...args].map(([name, argument]) => [name, settingOf(name, argument)]));
  const argumentOf = new Map([...args].map(([name, argument]) => [given.get(name)?.variable, argument]));
  const { sites } = readDockerfile(dockerfile, text, given);
  budget.left -= text.length + sites.length * COST_OF_IMAGE;
  const contexts = new Set([...(build.contexts ?? [])].map(contextKey));
  const found = sites.flatMap((site) => {
    if (contexts.has(contextKey(site.expansion.text))) return [];
    const argument = argumentOf.get(site.expansion.variables.find((variable) => argumentOf.has(variable)));
    return argument === undefined ? [] : [foundUse(manager, at(argument, site, dockerfile))];
  });
  return { found, problems: [] };
}

/** Arguments that change how it is built: https://docs.docker.com/build/building/variables/ */
const OF_THE_BUILDER = /^(?:BUILDKIT_|SOURCE_DATE_EPOCH$|(?:https?|ftp|no|all)_proxy$)/i;
const MOST_SHOWN = 80;

function unknownUse({ manager, path, text: file, dockerfile }: Build, { span, line }: BuildArgument): FoundUse {
  const text = file.slice(span.start, Math.min(span.end, span.start + MOST_SHOWN));
  const blocked = { state: "unsupported", reason: reason("no-dockerfile", dockerfile) } as const;
  return { use: { manager, path, line, role: "stage", text, span, variables: [], blocked } };
}

/** How BuildKit looks for a context of an image's name: `alpine`, `docker.io/library/alpine` and `alpine:latest` are one. */
function contextKey(name: string): string {
  const reference = parseReference(name);
  if (reference === undefined) return name;
  const { tag, ...rest } = reference;
  return formatReference(tag === undefined || tag === "latest" ? rest : reference);
}

function settingOf(name: string, { span, value }: BuildArgument): Setting {
  const variable: Variable = { ...span, name, value: value.text };
  const pieces = value.pieces?.map((piece) => ({ ...piece, isValue: true as const }));
  return { variable, value: { ...value, ...(pieces && { pieces }) } };
}

function at({ span, line }: BuildArgument, site: Site, dockerfile: string): Site {
  const { expansion } = site;
  const fixed = (piece: Piece): Piece => (piece.path === dockerfile ? { ...piece, fixed: true } : piece);
  return {
    ...site,
    span,
    line,
    expansion: { ...expansion, ...(expansion.pieces && { pieces: expansion.pieces.map(fixed) }) },
  };
}
