import { explainedTags, type TagsExplained } from "../core/plan/explain-tags.ts";
import { followTags } from "../core/plan/follow.ts";
import { knownImages, planUpdates } from "../core/plan/plan.ts";
import type { ImageFacts, UpdateGroup, UseState } from "../core/plan/update.ts";
import type { ChangeClass } from "../core/policy/policy.ts";
import { type Reason, reason } from "../core/reason.ts";
import { type Digest, formatReference, type ImageReference, rewriteReference } from "../core/reference.ts";
import { asWritten, commentEdits, writtenChange } from "../core/use/lone-digest.ts";
import type { Change, Edit, FileSet, Held, Span, Use } from "../core/use/use.ts";
import { editedFiles, type ProvedEdits, proveEdits } from "../flow/propose/prove-edits.ts";
import { filesOf } from "../flow/read/extract.ts";
import type { Manager } from "../manager/manager.ts";
import type { Workspace } from "./workspace.ts";

/** A use that goes to a new reference: from and to as the file would write them in full, and the edits that make it so. */
export interface PlannedUse {
  readonly use: Use;
  readonly from: string;
  readonly to: string;
  readonly change: ChangeClass;
  readonly edits: readonly Edit[];
}

/** A use that is kept from an update, of which nothing is known, or that is current on what nobody mends any more. */
export interface HeldUse {
  readonly use: Use;
  readonly state: UseState;
  readonly reason: Reason;
}

/** What would become of a checkout; `files` holds the new text of every file that changes. */
export interface LocalPlan {
  /** In the order of the files. */
  readonly updates: readonly PlannedUse[];
  /** In the order of the files. */
  readonly held: readonly HeldUse[];
  /** Why each other tag is not the one, of a use that names an image which its registry was asked about. */
  readonly tagsOf: (use: Use) => TagsExplained | undefined;
  /** How many uses are as they should be. */
  readonly current: number;
  readonly files: FileSet;
}

/** Plans a checkout by what its registries say. There is no first-seen clock here, so `minAge` is left out. */
export function planWorkspace(
  { uses: read, files, policyOf, ignored }: Pick<Workspace, "uses" | "files" | "policyOf" | "ignored">,
  facts: ReadonlyMap<string, ImageFacts>,
  managers: readonly Manager[],
  asOf: number,
): LocalPlan {
  const images = knownImages({ facts, asOf });
  const uses = followTags(read, images, policyOf);
  const input = { uses, facts, policyOf, ignored, quarantined: new Set<Digest>(), now: undefined, asOf };
  const plan = planUpdates(input, images);
  const proofs = plan.groups.map((group) => ({ group, proof: proveGroup(group, files, managers) }));
  const refused = new Map(
    proofs.flatMap(({ group, proof }) => (proof.state === "held" ? reasonsOf(group, proof) : [])),
  );
  const proved = proofs.flatMap(({ group, proof }) => (proof.state === "proved" ? [group] : []));
  const whole = proveChanges(proved.flatMap(changesOf), files, managers);
  if (whole.state === "held")
    throw new Error(`edits that are right one by one are not so together: ${whole.reason.detail}`);
  const held = plan.uses.flatMap(({ use, state, reason: why }): readonly HeldUse[] => {
    const refusal = refused.get(use);
    if (refusal !== undefined) return [{ use, state: "held", reason: refusal }];
    if (state === "update" || (state === "current" && why?.code !== "end-of-life")) return [];
    return [{ use, state, reason: why ?? reason("not-observed") }];
  });
  const editsAlone = editsAloneIn(files, managers);
  return {
    updates: proved.flatMap((group) => plannedUses(group, whole.edits, editsAlone)).sort(inFileOrder),
    held: held.toSorted(inFileOrder),
    tagsOf: explainedTags(images, input),
    current: plan.uses.filter(({ state, reason: why }) => state === "current" && why?.code !== "end-of-life").length,
    files: whole.files,
  };
}

function inFileOrder({ use: a }: { readonly use: Use }, { use: b }: { readonly use: Use }): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.span.start - b.span.start;
}

function changesOf({ updates }: UpdateGroup): readonly Change[] {
  return updates.flatMap(({ changes }) => changes);
}

function reasonsOf(group: UpdateGroup, { reason: why }: Held): readonly (readonly [Use, Reason])[] {
  return changesOf(group).map(({ use }) => [use, why]);
}

function proveGroup(group: UpdateGroup, files: FileSet, managers: readonly Manager[]): ProvedEdits | Held {
  return proveChanges(changesOf(group), files, managers);
}

function proveChanges(changes: readonly Change[], files: FileSet, managers: readonly Manager[]): ProvedEdits | Held {
  const edits: Edit[] = [];
  for (const manager of managers) {
    const own = changes.filter(({ use }) => use.manager === manager.kind);
    if (own.length === 0) continue;
    const proof = proveEdits(manager, filesOf(manager, files), own);
    if (proof.state === "held") return proof;
    edits.push(...proof.edits);
  }
  const edited = editedFiles(files, edits);
  return "state" in edited ? edited : { state: "proved", edits, files: edited };
}

function plannedUses({ updates }: UpdateGroup, edits: readonly Edit[], editsAlone: EditsAlone): readonly PlannedUse[] {
  return updates.flatMap(({ from, change, changes }) =>
    changes.map(({ use, to }) => {
      const places = [use.span, ...use.variables, ...(use.comment ? [use.comment] : [])];
      const own = edits.filter((edit) => places.some((span) => touches(edit, span)));
      return {
        use,
        from: use.resolved ?? use.text,
        to: rewritten(use, from, to),
        change,
        // A reference in fields has nothing to edit where its name stands.
        edits: own.length > 0 ? own : editsAlone({ use, to }),
      };
    }),
  );
}

type EditsAlone = (change: Change) => readonly Edit[];

/** The edits that one use alone would take; none where only several together can be edited. */
function editsAloneIn(files: FileSet, managers: readonly Manager[]): EditsAlone {
  return (change) => {
    const manager = managers.find(({ kind }) => kind === change.use.manager);
    const edits = manager?.edit(files, [writtenChange(change)]) ?? [];
    return "state" in edits ? [] : [...edits, ...commentEdits([change])];
  };
}

function rewritten(use: Use, from: ImageReference, to: ImageReference): string {
  const [before, after] = [asWritten(use, from), asWritten(use, to)];
  return rewriteReference(use.resolved ?? use.text, before, after) ?? formatReference(after);
}

function touches(edit: Span, span: Span): boolean {
  return edit.path === span.path && edit.start >= span.start && edit.end <= span.end;
}
