import { reason } from "../../core/reason.ts";
import { chartValues } from "../syntax/yaml/chart-values.ts";
import { textOf } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import { readBlock } from "../syntax/yaml/read.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";

/** Values that stand in a file as a text with lines of its own: in a literal block, each stands where it is read. */
export function* valuesInText(node: YamlNode | undefined, title: string, file: YamlFile): Iterable<Site> {
  if (node?.kind !== "scalar") return;
  if (node.block !== undefined) {
    const { documents, problems } = readBlock(file, node.block);
    yield* problems;
    for (const document of documents) yield* chartValues(document, title);
  } else if (/image|\btag\b/i.test(textOf(node) ?? "")) {
    const { path, lineOf } = file;
    const why = reason("not-parsed", "values are read in a block that begins with |");
    yield { path, line: lineOf(node.start), column: 1, reason: why };
  }
}
