import { type ImageReference, imageKey } from "../reference.ts";
import type { Use } from "../use/use.ts";

/** A file as another pull request leaves it. */
export interface TouchedFile {
  readonly path: string;
  /** What it was called before. */
  readonly previous?: string;
  readonly removed: boolean;
  /** The hunks of a unified diff; absent when GitHub shows none: a very large change. */
  readonly patch?: string;
}

/** What a patch takes away, and by its line what it brings. */
export interface PatchLines {
  readonly removed: readonly string[];
  readonly added: ReadonlyMap<number, string>;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
/** What parts the words of a line in the files that name images. */
const BETWEEN_WORDS = /[\s"'=,;()[\]{}]+/;

/** The lines of a patch, as GitHub gives it for one file. What is no hunk is left out. */
export function parsePatch(patch: string): PatchLines {
  const removed: string[] = [];
  const added = new Map<number, string>();
  let line = 0;
  for (const text of patch.split("\n")) {
    const start = HUNK.exec(text)?.[1];
    if (start !== undefined) line = Number(start);
    else if (text.startsWith("-")) removed.push(text.slice(1));
    else if (text.startsWith("+")) added.set(line++, text.slice(1));
    else if (text.startsWith(" ")) line += 1;
  }
  return { removed, added };
}

/** Whether a pull request that changes this file may change where a use, or a variable that it is read through, is written. */
export function isAbout(use: Use, file: TouchedFile): boolean {
  return file.path === use.path || file.previous === use.path;
}

/** Whether a line that names the image as this use does, or gives it a variable's value, is taken away. */
export function takesAway(use: Use, { removed }: PatchLines): boolean {
  return removed.some((line) => {
    const words = new Set(line.trim().split(BETWEEN_WORDS));
    return words.has(use.text) || use.variables.some(({ name, value }) => words.has(name) && words.has(value));
  });
}

/**
 * Whether the file at the other head says, on a line that the patch brings, what shall become of the same image in the same
 * role. Without a patch: whether it names that image otherwise than this use does. `uses` are those of the file there.
 */
export function bringsAnother(use: Use, uses: readonly Use[], patch: PatchLines | undefined): boolean {
  const from = use.reference;
  if (from === undefined) return false;
  const same = uses.filter(({ role, reference }) => role === use.role && isSameImage(from, reference));
  if (patch === undefined) return !same.some(({ text }) => text === use.text);
  return same.some(({ line }) => patch.added.has(line));
}

function isSameImage(one: ImageReference, other: ImageReference | undefined): boolean {
  return other !== undefined && imageKey(one) === imageKey(other);
}

/** Whether it is worth reading the file at the other head: something that is brought names the image. */
export function mayBring({ reference }: Use, patch: PatchLines | undefined): boolean {
  if (reference === undefined) return false;
  const name = reference.repository.slice(reference.repository.lastIndexOf("/") + 1);
  return patch === undefined || [...patch.added.values()].some((line) => line.includes(name));
}

/** How a person knows another pull request: `renovate #812`. */
export function nameOfPull({ author, number }: { readonly author: string; readonly number: number }): string {
  return `${author.replace(/\[bot\]$/, "")} #${number}`;
}
