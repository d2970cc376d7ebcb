import { reason } from "../../core/reason.ts";
import type { FileSet, Piece, Problem, Span, Variable } from "../../core/use/use.ts";
import type { FileReading } from "../each-file.ts";
import type { Expansion, Setting } from "./expand.ts";
import { readDockerfile, type Site } from "./read.ts";
import { foundUse } from "./uses.ts";

/** A build as another file describes it. */
export interface Build {
  /** The kind of the file that describes it. */
  readonly manager: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** The path of the Dockerfile; `undefined` where it is not in this repository. */
  readonly dockerfile: string | undefined;
  readonly args: ReadonlyMap<string, BuildArgument>;
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
 * this use's to change. A Dockerfile that cannot be read is a problem, since its arguments may name images.
 */
export function readBuild(build: Build, files: FileSet, budget: BuildBudget): FileReading {
  const { manager, path, line, dockerfile, args } = build;
  if (args.size === 0) return { found: [], problems: [] };
  const text = dockerfile === undefined ? undefined : files.get(dockerfile);
  if (dockerfile === undefined || text === undefined) {
    const problem: Problem = { path, line, column: 1, reason: reason("no-dockerfile", dockerfile) };
    return { found: [], problems: [problem] };
  }
  if (budget.left < text.length) {
    const problem = { path, line, column: 1, reason: reason("too-large", "its builds, with all of their Dockerfiles") };
    return { found: [], problems: [problem] };
  }
  const given = new Map([...args].map(([name, argument]) => [name, settingOf(name, argument)]));
  const argumentOf = new Map([...args].map(([name, argument]) => [given.get(name)?.variable, argument]));
  const { sites } = readDockerfile(dockerfile, text, given);
  budget.left -= text.length + sites.length * COST_OF_IMAGE;
  const found = sites.flatMap((site) => {
    const argument = argumentOf.get(site.expansion.variables.find((variable) => argumentOf.has(variable)));
    return argument === undefined ? [] : [foundUse(manager, at(argument, site, dockerfile))];
  });
  return { found, problems: [] };
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
