import type { FileSet } from "../../core/use/use.ts";
import type { Writer } from "../../core/use/writer.ts";
import { folderOf } from "../syntax/yaml/named-path.ts";

/** What Argo CD's hydrator leaves beside the manifests that it has rendered. */
const HYDRATED = /(?:^|\/)hydrator\.metadata$/;
/** What Kargo Render leaves on the branch that it has rendered. */
const RENDERED = /^\.(?:kargo-render|bookkeeper)\/metadata\.ya?ml$/;

/** Whether a file tells that manifests are rendered: https://argo-cd.readthedocs.io/en/stable/user-guide/source-hydrator/ */
export function isHydrated(path: string): boolean {
  return HYDRATED.test(path);
}

/** Tools that have rendered what stands here from what stands on another branch, by what they leave beside it. */
export function renderers(files: FileSet): readonly Writer[] {
  const all = [...files.keys()];
  const marks = all.filter((path) => HYDRATED.test(path) || RENDERED.test(path));
  const byFolder = marks.length === 0 ? new Map<string, string[]>() : Map.groupBy(all, folderOf);
  return marks.map((mark) => ({
    who: `by what left ${mark}`,
    why: "rendered",
    paths: new Set(RENDERED.test(mark) ? all : byFolder.get(folderOf(mark))),
  }));
}
