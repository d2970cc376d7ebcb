import type { FileSet } from "../../core/use/use.ts";
import { type BuildArgument, buildBudget, readBuild } from "../dockerfile/build.ts";
import { isDockerfile } from "../dockerfile/names.ts";
import { eachFile, type FileReading, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isMap, textOf } from "../syntax/yaml/look.ts";
import { folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { imageUse, literal } from "../use/image.ts";
import { withoutComments } from "./jsonc.ts";

const KIND = "devcontainer";
const NAMES = /(?:^|\/)\.?devcontainer\.json$/i;
/** Larger files of this kind are none. */
const LARGEST = 256 * 1024;

/** Development containers: https://containers.dev/implementors/json_reference/ */
export const devcontainer: Manager = eachFile({
  kind: KIND,
  matches: (path) => NAMES.test(path),
  looksInto: isDockerfile,
  read: readFile,
});

function readFile(path: string, text: string, files: FileSet): FileReading {
  const file = readYaml(path, text.length > LARGEST ? text : withoutComments(text));
  const [root] = file.documents;
  if (root === undefined || !isMap(root)) return { ...NOTHING, problems: file.problems };
  const image = childAt(root, "image");
  const build = readArguments(root, file, files);
  return {
    found: [...(image ? imageAt(image, file) : []), ...featuresIn(root, text, file), ...build.found].toSorted(
      (a, b) => a.use.span.start - b.use.span.start,
    ),
    problems: [...file.problems, ...build.problems],
  };
}

function imageAt(node: YamlNode, { path, lineOf }: YamlFile): readonly FoundUse[] {
  if (node.kind !== "scalar") return [];
  const { value, start, isExact } = node;
  return [imageUse(KIND, { path, line: lineOf(start), role: "workload", value, start, isExact })];
}

/** Features are keys: `"ghcr.io/devcontainers/features/node:1": {}`. One with a digest cannot have a tag beside it. */
function featuresIn(root: YamlNode, text: string, { path, lineOf }: YamlFile): readonly FoundUse[] {
  const features = childAt(root, "features");
  if (features?.kind !== "map") return [];
  return [...features.keys].flatMap(([value, quote]) => {
    const isImage = value.includes("/") && !/^(?:\.|https?:)/i.test(value);
    const start = quote + 1;
    const isExact = text.startsWith(value, start);
    const place = { path, line: lineOf(quote), role: "workload", value, start, isExact, carries: "tag" } as const;
    return isImage ? [imageUse(KIND, place)] : [];
  });
}

/** The arguments of a build, in the form of now and of before 2021. */
function readArguments(root: YamlNode, { path, text: file, lineOf }: YamlFile, files: FileSet): FileReading {
  const build = childAt(root, "build");
  const args = new Map(
    entriesOf(childAt(build, "args")).flatMap(([name, node]): [string, BuildArgument][] => {
      if (node.kind !== "scalar") return [];
      const { value: text, start, end, isExact } = node;
      const expansion = literal(text);
      const unknown = expansion.state === "unsupported" && {
        blocked: { state: "unsupported", reason: expansion.reason } as const,
      };
      const pieces = isExact && { pieces: [{ path, start, end, text }] };
      return [
        [
          name,
          { span: { path, start, end }, line: lineOf(start), value: { text, variables: [], ...pieces, ...unknown } },
        ],
      ];
    }),
  );
  const name = textOf(childAt(build, "dockerfile")) ?? textOf(childAt(root, "dockerFile"));
  const [first] = args.values();
  const dockerfile = name === undefined ? undefined : joinPath(folderOf(path), name);
  return readBuild({ manager: KIND, path, text: file, line: first?.line ?? 1, dockerfile, args }, files, buildBudget());
}
