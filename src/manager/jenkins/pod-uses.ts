import type { Token } from "../syntax/script/tokens.ts";
import type { Script } from "../syntax/script/tree.ts";
import { childAt, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { FoundUse } from "../use/found.ts";
import { imageUse } from "../use/image.ts";

/**
 * The images of a pod that stands as YAML in a text of a pipeline. Where Groovy would read something else than what stands there, or
 * it is no YAML, nothing is read.
 */
export function podUses({ path, lineOf }: Script, text: Token): readonly FoundUse[] {
  if (!text.isExact) return [];
  return readYaml(path, text.value).documents.flatMap((pod) =>
    ["initContainers", "containers"].flatMap((key) =>
      itemsOf(childAt(pod, "spec", key)).flatMap((container) => {
        const node = valueAt(container, "image");
        if (node?.kind !== "scalar") return [];
        const start = text.start + node.start;
        const { value, isExact } = node;
        return [imageUse("jenkins", { path, line: lineOf(start), role: "workload", value, start, isExact })];
      }),
    ),
  );
}
