import type { UpdateGroup } from "../../core/plan/update.ts";
import type { Reason } from "../../core/reason.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Change, Edit, Use } from "../../core/use/use.ts";
import type { FileChange } from "../../github/branches.ts";
import type { Context } from "../context.ts";
import { filesOf } from "../read/extract.ts";
import { readSnapshot, type Snapshot } from "../read/read.ts";
import { takeTurns } from "../turn.ts";
import { editedFiles, proveEdits } from "./prove-edits.ts";

/** The files that a group's edits make, each with its whole new content; or why they cannot be made. */
export type Derived =
  | { readonly state: "derived"; readonly files: readonly FileChange[] }
  | { readonly state: "held"; readonly reason: Reason };

/** Derives the edits of a group from one commit. The same commit and group give the same files, always. */
export async function deriveFiles(context: Context, snapshot: Snapshot, group: UpdateGroup): Promise<Derived> {
  const changes = group.updates.flatMap((update) => update.changes);
  const edits: Edit[] = [];
  for (const manager of context.managers) {
    const own = changes.filter(({ use }) => use.manager === manager.kind);
    if (own.length === 0) continue;
    const read = filesOf(manager, snapshot.files);
    const together =
      manager.isolated && manager.looksInto === undefined ? Map.groupBy(own, ({ use }) => use.path).values() : [own];
    for (const some of together) {
      await takeTurns();
      const proved = proveEdits(manager, read, some);
      if (proved.state === "held") return proved;
      edits.push(...proved.edits);
    }
  }
  const files = editedFiles(snapshot.files, edits);
  return "state" in files ? files : { state: "derived", files: changedFiles(snapshot, files) };
}

function changedFiles(snapshot: Snapshot, files: ReadonlyMap<string, string>): readonly FileChange[] {
  return [...files].flatMap(([path, content]) => {
    const mode = snapshot.tree.get(path)?.mode === "100755" ? "100755" : "100644";
    return content === snapshot.files.get(path) ? [] : [{ path, mode, content } as const];
  });
}

/**
 * Whether a head is exactly what we would push: one commit on the base, or the base merged into an earlier head, and in it
 * the derived files, all of them and no other. An author or a signature proves nothing; this does.
 */
export async function isDerived(
  context: Context,
  repository: Repository,
  group: UpdateGroup,
  head: Sha,
): Promise<boolean> {
  const [parent, base] = await context.github.branches.parents(repository, head);
  if (parent === undefined) return false;
  if (base !== undefined) return isDerivedOn(context, repository, group, { base, head });
  const { parents, files } = await context.github.branches.changes(repository, head);
  return parents.length === 1 && changesExactly(context, repository, group, { base: parent, head, files });
}

/** Whether what a head changes since it left a commit of its base is the derived files, all of them and no other. */
export async function isDerivedOn(
  context: Context,
  repository: Repository,
  group: UpdateGroup,
  { base, head }: { readonly base: Sha; readonly head: Sha },
): Promise<boolean> {
  const compared = await context.github.branches.compare(repository, base, head);
  if (compared?.behind !== 0 || compared.files === undefined) return false;
  return changesExactly(context, repository, group, { base, head, files: compared.files });
}

async function changesExactly(
  context: Context,
  repository: Repository,
  group: UpdateGroup,
  { base, head, files }: { readonly base: Sha; readonly head: Sha; readonly files: readonly string[] },
): Promise<boolean> {
  const derived = await deriveOn(context, repository, group, base);
  if (derived.state === "held" || !sameNames(derived.files, files)) return false;
  const tree = new Map((await context.github.trees.tree(repository, head)).map((entry) => [entry.path, entry]));
  for (const { path, mode, content } of derived.files) {
    const entry = tree.get(path);
    if (entry === undefined || entry.mode !== mode) return false;
    const actual = await context.github.trees.blob(repository, entry.sha);
    if (!Buffer.from(actual).equals(Buffer.from(content))) return false;
  }
  return true;
}

/** The edits of a group that was planned elsewhere, derived on a commit. */
export async function deriveOn(
  context: Context,
  repository: Repository,
  group: UpdateGroup,
  commit: Sha,
): Promise<Derived> {
  const snapshot = await readSnapshot(context, repository, commit);
  return deriveFiles(context, snapshot, onSnapshot(group, snapshot));
}

/** The group with its uses as they stand in a snapshot, so that spans fit: the same use is the same path and text. */
function onSnapshot(group: UpdateGroup, snapshot: Snapshot): UpdateGroup {
  const restate = (change: Change): Change => {
    const { path, line, text, role } = change.use;
    const same = snapshot.uses.find(
      (use) => use.path === path && use.line === line && use.text === text && use.role === role,
    );
    return { ...change, use: same === undefined ? change.use : withTag(same, change.use) };
  };
  return {
    ...group,
    updates: group.updates.map((update) => ({ ...update, changes: update.changes.map(restate) })),
  };
}

/** A use as it was read, with the tag that was found for it when it was planned. */
function withTag(read: Use, { tagBy, reference }: Use): Use {
  if (tagBy === undefined || read.reference === undefined || reference?.tag === undefined) return read;
  return { ...read, reference: { ...read.reference, tag: reference.tag }, tagBy };
}

function sameNames(derived: readonly FileChange[], actual: readonly string[]): boolean {
  const names = new Set(derived.map(({ path }) => path));
  return names.size === actual.length && actual.every((path) => names.has(path));
}
