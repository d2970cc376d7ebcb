import { reason } from "../reason.ts";
import { imageKey } from "../reference.ts";
import type { Use } from "./use.ts";

/** Something else that says what stands in files of a repository, or what is taken for it: a tool, or a step of CI. */
export interface Writer {
  /** Who, and where it says so: `Argo CD Image Updater, apps/web.yaml:12`. */
  readonly who: string;
  /** Whether it puts another image in the place of what is written, or has written all of it; absent: it writes such fields. */
  readonly why?: "replaced" | "rendered";
  /** The files that it is about. */
  readonly paths: ReadonlySet<string>;
  /** The images that it is about there, by key, or by what runs them (`within`); absent: whatever stands there. */
  readonly images?: ReadonlySet<string>;
}

/** The uses, with those held that something else writes: one writer per field, and none where it changes nothing. */
export function holdWritten(uses: readonly Use[], writers: readonly Writer[]): readonly Use[] {
  if (writers.length === 0) return uses;
  const byPath = new Map<string, Writer[]>();
  for (const writer of writers) {
    for (const path of writer.paths) {
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, [writer]);
      else known.push(writer);
    }
  }
  return uses.map((use) => {
    if (use.blocked !== undefined) return use;
    const writer = byPath.get(use.path)?.find((one) => writes(one, use));
    if (writer === undefined) return use;
    return { ...use, blocked: { state: "held", reason: reason(writer.why ?? "two-writers", writer.who) } };
  });
}

function writes({ images }: Writer, { reference, within }: Use): boolean {
  if (images === undefined) return true;
  return (reference !== undefined && images.has(imageKey(reference))) || (within !== undefined && images.has(within));
}
