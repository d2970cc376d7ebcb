import { type ReasonCode, reason } from "../../core/reason.ts";
import type { Problem, Role, Span } from "../../core/use/use.ts";
import { defineArguments, expandRange } from "./arguments.ts";
import { readDirectives } from "./directives.ts";
import type { Expansion, Scope } from "./expand.ts";
import { flagValue, flagValues, mountSource, rangeOf, readFlags, type Spelled } from "./flags.ts";
import { type Instruction, KEYWORDS, readInstructions } from "./instructions.ts";
import { isSpace, type LogicalLine, type Place, placeOf, type Range, unquote } from "./logical-line.ts";
import { isTemplate } from "./names.ts";
import { automaticArguments } from "./platforms.ts";
import { addStage, baseImages, noStages, type Stages, stagesNamed } from "./stages.ts";
import { isTemplateLine, isUnknown, maskActions, templateIn } from "./template.ts";

/** A place that names an image, as the file alone tells. */
export interface Site {
  readonly role: Role;
  /** As written, without quotes. */
  readonly text: string;
  readonly span: Span;
  readonly line: number;
  readonly expansion: Expansion;
  readonly platform?: string;
}

/** Everything that a Dockerfile names, in reading order, and what in it could not be read. */
export interface Reading {
  readonly sites: readonly Site[];
  readonly problems: readonly Problem[];
}

/** What is gathered while a file is read. */
interface State {
  readonly path: string;
  readonly escapeToken: string;
  readonly scope: Scope;
  readonly stages: Stages<Site>;
  readonly sites: Site[];
  readonly problems: Problem[];
  /** Whether it is read as a template; else, whether what could not be read looks like one. */
  readonly isTemplate: boolean;
  looksLikeTemplate: boolean;
}

/** In UTF-16 units. */
const MAX_LENGTH = 1024 * 1024;
const MAX_SITES = 1000;
const MAX_PROBLEMS = 10;
/** The longest of Docker's own. */
const MAX_KEYWORD = "healthcheck".length;
const MAX_MATCHES = 200;
const MAX_SHOWN = 128;
const SCRATCH = "scratch";

/**
 * Reads a Dockerfile as BuildKit does, with the arguments that a build gives. What it could not read since it is a template of one is read
 * as such. Linear in its text; a file that is none or too large is a problem.
 */
export function readDockerfile(path: string, text: string, given: Scope["given"] = new Map()): Reading {
  if (text.length > MAX_LENGTH) return unread(path, "too-large", `${text.length} characters`);
  if (text.includes("\0")) return unread(path, "not-parsed", "a NUL character");
  const plain = isTemplate(path) ? undefined : readText(path, text, given, false);
  if (plain !== undefined && !plain.looksLikeTemplate) return plain;
  const { sites, problems } = readText(path, maskActions(text), given, true);
  return { sites: sites.map((site) => unmasked(site, text)), problems };
}

/** What stands in the file instead of what was read of it. */
function unmasked(site: Site, text: string): Site {
  const { span, expansion } = site;
  if (!isUnknown(site.text) && !isUnknown(expansion.text)) return site;
  const written = text.slice(span.start, Math.min(span.end, span.start + site.text.length));
  const what = templateIn(written) ?? "a template";
  const blocked = { state: "unsupported", reason: reason("unresolved-variable", what.slice(0, MAX_SHOWN)) } as const;
  return { ...site, text: written, expansion: { text: written, variables: [], computed: true, blocked } };
}

function readText(
  path: string,
  text: string,
  given: Scope["given"],
  asTemplate: boolean,
): Reading & Pick<State, "looksLikeTemplate"> {
  const { escapeToken, syntax } = readDirectives(text);
  const scope: Scope = { path, settings: automaticArguments(), given, matchesLeft: MAX_MATCHES };
  const state: State = {
    ...{ path, escapeToken, scope, stages: noStages(), sites: [], problems: [] },
    ...{ isTemplate: asTemplate, looksLikeTemplate: false },
  };
  if (syntax !== undefined) addSite(state, "frontend", syntax, text.slice(syntax.start, syntax.end));
  for (const instruction of readInstructions(text, escapeToken)) {
    const known = KEYWORDS.has(instruction.keyword);
    if (known) readInstruction(state, instruction);
    else unknownInstruction(state, instruction);
    if (instruction.unterminated) report(state, instruction, "not-parsed", "a here-document does not end");
    // What does not begin as a Dockerfile is another file with such a name: nothing in it is a FROM.
    if (!known && !asTemplate && state.stages.list.length === 0) break;
    if (state.sites.length >= MAX_SITES) {
      report(state, instruction, "too-large", `${MAX_SITES} images`);
      break;
    }
  }
  return { sites: withRoles(state), problems: state.problems, looksLikeTemplate: state.looksLikeTemplate };
}

/** In a template it is a part of something that stands elsewhere. */
function unknownInstruction(state: State, instruction: Instruction): void {
  if (isTemplateLine(instruction.line.text)) state.looksLikeTemplate = true;
  if (!state.isTemplate)
    report(state, instruction, "not-parsed", `no instruction: ${instruction.keyword.slice(0, MAX_KEYWORD)}`);
}

function unread(path: string, code: ReasonCode, detail: string): Reading {
  return { sites: [], problems: [{ path, line: 1, column: 1, reason: reason(code, detail) }] };
}

function report({ path, problems }: State, { line }: Instruction, code: ReasonCode, detail: string): void {
  if (problems.length >= MAX_PROBLEMS) return;
  const [first] = line.pieces;
  problems.push({ path, line: first?.line ?? 1, column: 1, reason: reason(code, detail) });
}

function readInstruction(state: State, instruction: Instruction): void {
  const { keyword, line, start, onbuild } = instruction;
  if (keyword === "copy") readCopy(state, line, start);
  else if (keyword === "run") readRun(state, line, start);
  else if (keyword === "from" && !onbuild) readFrom(state, instruction);
  else if (keyword === "arg" && !onbuild && state.stages.list.length === 0) {
    const operands = readFlags(line, start, state.escapeToken).end;
    defineArguments(line, operands, state.escapeToken, state.scope);
  }
}

function readFrom(state: State, instruction: Instruction): void {
  const { line, start } = instruction;
  const flags = readFlags(line, start, state.escapeToken);
  const [image, as, name, ...more] = splitOperands(line.text, flags.end);
  const named = as !== undefined && name !== undefined && line.text.slice(as.start, as.end).toLowerCase() === "as";
  if (image === undefined || more.length > 0 || (as !== undefined && !named)) {
    if (templateIn(line.text) !== undefined) state.looksLikeTemplate = true;
    report(state, instruction, "not-parsed", "FROM takes an image, or an image AS a name");
    return;
  }
  const expansion = expandRange(line, image, state.escapeToken, state.scope);
  const parents = stagesNamed(state.stages, expansion.text);
  const isImage = parents.length === 0 && (expansion.text !== SCRATCH || expansion.blocked !== undefined);
  const site = isImage ? stageSite(state, line, image, expansion, flagValue(flags, "platform")) : undefined;
  if (site !== undefined) state.sites.push(site);
  const stageName = name && line.text.slice(name.start, name.end);
  addStage(state.stages, { parents, ...(site && { image: site }) }, stageName);
}

function stageSite(
  { path }: State,
  line: LogicalLine,
  image: Range,
  expansion: Expansion,
  platform: Spelled | undefined,
): Site {
  const range = unquote(line.text, image);
  const { start, end, line: number } = placeOf(line, range);
  const text = line.text.slice(range.start, range.end);
  const literal = platform !== undefined && !platform.text.includes("$") && { platform: platform.text };
  return { role: "stage", text, span: { path, start, end }, line: number, expansion, ...literal };
}

/** The words of a FROM: unlike a shell's, they know no quotes. */
function splitOperands(text: string, from: number): readonly Range[] {
  const words: Range[] = [];
  for (let at = from; at < text.length; ) {
    const start = at;
    while (at < text.length && !isSpace(text[at])) at += 1;
    if (at > start) words.push({ start, end: at });
    at += 1;
  }
  return words;
}

function readCopy(state: State, line: LogicalLine, start: number): void {
  const from = flagValue(readFlags(line, start, state.escapeToken), "from");
  if (from !== undefined) readSource(state, "copy", line, from);
}

function readRun(state: State, line: LogicalLine, start: number): void {
  for (const mount of flagValues(readFlags(line, start, state.escapeToken), "mount")) {
    const from = mountSource(mount);
    if (from !== undefined) readSource(state, "mount", line, from);
  }
}

/** `--from`: Docker expands no variable there. A number is the index of a stage. */
function readSource(state: State, role: Role, line: LogicalLine, from: Spelled): void {
  const range = rangeOf(from);
  if (range === undefined || from.text === SCRATCH || /^[+-]?\d+$/.test(from.text)) return;
  const place = placeOf(line, range);
  const whole = place.whole && line.text.slice(range.start, range.end) === from.text;
  addSite(state, role, { ...place, whole }, from.text);
}

function addSite({ path, sites }: State, role: Role, { start, end, line, whole }: Place, text: string): void {
  const span = { path, start, end };
  const blocked = { state: "unsupported", reason: reason("not-expanded") } as const;
  const expansion: Expansion = {
    text,
    variables: [],
    ...(whole && { pieces: [{ ...span, text }] }),
    ...(text.includes("$") && { blocked }),
  };
  sites.push({ role, text, span, line, expansion });
}

/** The sites, without those that name a stage, and with the one that the last stage stands on as the base. */
function withRoles({ sites, stages }: State): readonly Site[] {
  const bases = baseImages(stages);
  return sites
    .filter(({ role, text }) => (role !== "copy" && role !== "mount") || !stages.byName.has(text.toLowerCase()))
    .map((site) => (bases.has(site) ? { ...site, role: "base" } : site));
}
