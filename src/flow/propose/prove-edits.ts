import { reason } from "../../core/reason.ts";
import { type ImageReference, imageKey, sameReference } from "../../core/reference.ts";
import { applyEdits } from "../../core/use/edit.ts";
import { commentEdits, writtenChange } from "../../core/use/lone-digest.ts";
import { readTagComments } from "../../core/use/tag-comment.ts";
import type { Change, Edit, FileSet, Held, Problem, Use } from "../../core/use/use.ts";
import type { Manager } from "../../manager/manager.ts";
import { lookedInto } from "../read/extract.ts";

/** Edits that read back as intended; `files` holds the new text of every file that they change, and only of those. */
export interface ProvedEdits {
  readonly state: "proved";
  readonly edits: readonly Edit[];
  readonly files: FileSet;
}

/**
 * Edits `files` (all that this manager reads) so that the changed uses name their new references, and proves it: the files
 * are extracted again (of a manager that reads each by itself, those that the changes are about), and must give the same
 * uses and problems as before, with only those references changed. Otherwise the answer is why not, and nothing may be written.
 */
export function proveEdits(manager: Manager, files: FileSet, changes: readonly Change[]): ProvedEdits | Held {
  const written = changes.map(writtenChange);
  const own = manager.edit(files, written);
  if ("state" in own) return own;
  const edits = [...own, ...commentEdits(changes)];
  const edited = editedFiles(files, edits);
  if ("state" in edited) return edited;
  const concerned = concernedBy(manager, files, [...edited.keys()], changes);
  const changed = new Map([...concerned, ...edited]);
  const before = manager.extract(concerned);
  const after = manager.extract(changed);
  const difference =
    unintended(moved(before.uses, edits), after.uses, written) ??
    untrueComment(readTagComments(before.uses, concerned), readTagComments(after.uses, changed), changes) ??
    newProblem(before.problems, after.problems);
  return difference === undefined ? { state: "proved", edits, files: edited } : held(difference);
}

/**
 * The new text of every file that edits change; all edits are of the texts as they are. Several managers may read one file,
 * each another part of it: their edits are made together, or the last would undo what the others did.
 */
export function editedFiles(files: FileSet, edits: readonly Edit[]): FileSet | Held {
  const edited = new Map<string, string>();
  for (const [path, own] of Map.groupBy(edits, (edit) => edit.path)) {
    const text = applyEdits(files.get(path) ?? "", own);
    if (text === undefined) return held(`${path}: the edits do not fit the file`);
    edited.set(path, text);
  }
  return edited;
}

/** The files that may read differently. A file that is looked into may be by any of them. */
function concernedBy(manager: Manager, files: FileSet, edited: readonly string[], changes: readonly Change[]): FileSet {
  const along = lookedInto(manager, files);
  if (!manager.isolated || edited.some((path) => along.has(path))) return files;
  return new Map([...along, ...only(files, [...edited, ...changes.map(({ use }) => use.path)])]);
}

/** Those of the files that have one of these paths. */
function only(files: FileSet, paths: readonly string[]): FileSet {
  return new Map(
    [...new Set(paths)].flatMap((path) => {
      const text = files.get(path);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

function held(detail: string): Held {
  return { state: "held", reason: reason("edit-not-proved", detail) };
}

/** The uses with the lines that they are on once the edits are made, some of which add lines. */
function moved(uses: readonly Use[], edits: readonly Edit[]): readonly Use[] {
  const added = edits
    .map(({ path, start, expect, text }) => ({ path, start, lines: linesIn(text) - linesIn(expect) }))
    .filter(({ lines }) => lines !== 0);
  if (added.length === 0) return uses;
  return uses.map((use) => {
    const above = added.filter(({ path, start }) => path === use.path && start <= use.span.start);
    return { ...use, line: above.reduce((line, { lines }) => line + lines, use.line) };
  });
}

function linesIn(text: string): number {
  return text.split("\n").length;
}

/** The first use that does not read as it should after the edits. */
function unintended(before: readonly Use[], after: readonly Use[], changes: readonly Change[]): string | undefined {
  if (before.length !== after.length) return `${after.length} images would be used where ${before.length} are`;
  const intended = new Map(changes.map(({ use, to }) => [placeOf(use), to]));
  for (const [index, use] of before.entries()) {
    const reads = after[index];
    const to = intended.get(placeOf(use));
    const right =
      reads !== undefined &&
      isSameUse(use, reads) &&
      (to === undefined ? isUntouched(use, reads) : isMoved(use, reads, to));
    if (!right) return `${use.path}:${use.line} would read ${reads?.resolved ?? reads?.text ?? "nothing"}`;
    intended.delete(placeOf(use));
  }
  return intended.size === 0 ? undefined : "a use that shall change is not in the files";
}

/** The first comment that does not name the tag that it should: the one that its use goes to, or the one that it named before. */
function untrueComment(before: readonly Use[], after: readonly Use[], changes: readonly Change[]): string | undefined {
  const meant = new Map(
    changes.flatMap(({ use, to }) => (use.tagBy === "comment" ? [[placeOf(use), to.tag] as const] : [])),
  );
  const at = before.findIndex((use, i) => (meant.get(placeOf(use)) ?? use.comment?.tag) !== after[i]?.comment?.tag);
  const use = before[at];
  return use === undefined ? undefined : `${use.path}:${use.line} would name ${after[at]?.comment?.tag ?? "no tag"}`;
}

/** A place may name several images: what is written there is then not the whole reference of any. */
function placeOf({ span, text }: Use): string {
  return `${span.start}-${span.end} ${span.path} ${text}`;
}

/** The same place in the same role, read through the same variables: everything but what the reference says. */
function isSameUse(use: Use, reads: Use): boolean {
  return identity(use) === identity(reads);
}

function identity({ manager, path, line, role, platform, blocked, variables }: Use): string {
  return JSON.stringify([manager, path, line, role, platform, blocked?.reason.code, variables.map(({ name }) => name)]);
}

function isUntouched(use: Use, reads: Use): boolean {
  return use.text === reads.text && use.resolved === reads.resolved;
}

function isMoved(use: Use, reads: Use, to: ImageReference): boolean {
  const { reference } = use;
  if (reference === undefined || reads.reference === undefined || imageKey(reference) !== imageKey(to)) return false;
  return sameReference(reads.reference, to);
}

function newProblem(before: readonly Problem[], after: readonly Problem[]): string | undefined {
  const known = new Set(before.map(problemKey));
  const fresh = after.find((problem) => !known.has(problemKey(problem)));
  return fresh === undefined ? undefined : `${fresh.path}:${fresh.line} would not be readable`;
}

function problemKey({ path, reason: why }: Problem): string {
  return `${why.code} ${path}`;
}
