import { reason } from "../reason.ts";
import { imageKey } from "../reference.ts";
import type { Use } from "./use.ts";

/** Something else that writes image references into files of a repository: a tool, or a step of CI. */
export interface Writer {
  /** Who, and where it says so: `Argo CD Image Updater, apps/web.yaml:12`. */
  readonly who: string;
  /** The files that it writes. */
  readonly paths: ReadonlySet<string>;
  /** The images that it writes there, by key, or by what runs them (`within`); absent: whatever stands there. */
  readonly images?: ReadonlySet<string>;
}

/** The uses, with those held that something else writes: one writer per field. */
export function holdWritten(uses: readonly Use[], writers: readonly Writer[]): readonly Use[] {
  if (writers.length === 0) return uses;
  const byPath = new Map<string, Writer[]>();
  for (const writer of writers) {
    for (const path of writer.paths) byPath.set(path, [...(byPath.get(path) ?? []), writer]);
  }
  return uses.map((use) => {
    if (use.blocked !== undefined) return use;
    const writer = byPath.get(use.path)?.find((one) => writes(one, use));
    if (writer === undefined) return use;
    return { ...use, blocked: { state: "held", reason: reason("two-writers", writer.who) } };
  });
}

function writes({ images }: Writer, { reference, within }: Use): boolean {
  if (images === undefined) return true;
  return (reference !== undefined && images.has(imageKey(reference))) || (within !== undefined && images.has(within));
}
