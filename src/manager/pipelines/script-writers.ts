import { imageKey, parseReference } from "../../core/reference.ts";
import type { FileSet } from "../../core/use/use.ts";
import type { Writer } from "../../core/use/writer.ts";
import { fileFinder, joinPath } from "../syntax/yaml/named-path.ts";

const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;
const WRITES = /\bkustomize\s+edit\s+set\s+image\b|\byq\b|\bsed\b|\bvalueFile\b/;
const LONGEST_LINE = 1_000;
const MOST_FOLDERS = 8;
/** So many commands of one repository are followed. */
const MOST_COMMANDS = 200;

/** What one command writes: files as it names them, and which images there, where it says so. */
interface Written {
  readonly names: readonly string[];
  readonly images?: ReadonlySet<string>;
}

/**
 * What the scripts of pipelines write into files of their own repository: `kustomize edit set image`, `yq -i`, `sed -i`, and the
 * action that updates YAML. Read line by line, as nobody can say what a script does: a name counts from the root, and from every
 * folder that the same file changes to.
 */
export function scriptWriters(files: FileSet, isPipeline: (path: string) => boolean): readonly Writer[] {
  const writers: Writer[] = [];
  const named = fileFinder(files);
  for (const [path, text] of files) {
    if (!isPipeline(path) || !WRITES.test(text)) continue;
    const folders = foldersIn(text);
    for (const [at, line] of linesOf(text)) {
      const written = line.length > LONGEST_LINE || !WRITES.test(line) ? undefined : writtenBy(line);
      if (written === undefined || writers.length === MOST_COMMANDS) continue;
      const paths = written.names.flatMap((name) => folders.flatMap((folder) => named(joinPath(folder, name) ?? "")));
      const { images } = written;
      writers.push({ who: `CI, ${path}:${at}`, paths: new Set(paths), ...(images && { images }) });
    }
  }
  return writers.filter(({ paths }) => paths.size > 0);
}

/** Lines with the numbers that they begin on; a backslash at the end joins one to the next. */
function* linesOf(text: string): Generator<readonly [number, string]> {
  let start = 1;
  let parts: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (parts.length === 0) start = index + 1;
    parts.push(line.replace(/\\\r?$/, " "));
    if (/\\\r?$/.test(line)) continue;
    yield [start, parts.join("")];
    parts = [];
  }
}

function foldersIn(text: string): readonly string[] {
  const changes = text.matchAll(/\b(?:cd\s+|working-directory:[ \t]*|pushd\s+)["']?([\w./${}@-]{1,200})/g);
  const folders = [...changes.take(100)].map(([, folder = ""]) => folder);
  return [...new Set(["", ...folders])].slice(0, MOST_FOLDERS);
}

function writtenBy(line: string): Written | undefined {
  const [, set] = /\bkustomize\s+edit\s+set\s+image\s+([^;&|]*)/.exec(line) ?? [];
  if (set !== undefined) return { names: KUSTOMIZATIONS, ...imagesOf(wordsOf(set)) };
  const [, value] = /\bvalueFile["']?:[ \t]*(.*)/.exec(line) ?? [];
  const isChange = /\s(?:-\w*i\w*|--inplace)(?![\w-])/.test(line) || /\s-i\S/.test(line);
  const isInPlace = isChange && /\byq\b/.test(line);
  const isReplaced = isChange && /\bsed\b/.test(line) && /image|tag|version/i.test(line);
  if (value === undefined && !isInPlace && !isReplaced) return undefined;
  const names = wordsOf(value ?? line).filter((word) => /\.ya?ml$/i.test(word));
  // `.web.image.tag = …`: whose tag it is says where it stands.
  const [, keys] = isInPlace ? (/["' (]\.([\w.-]{1,128})\.(?:tag|digest)["']?\s*=/.exec(line) ?? []) : [];
  return { names, ...(keys !== undefined && { images: new Set([keys]) }) };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s"'`]+/).filter((word) => word !== "");
}

/** `name=new-name:tag` or `name:tag`; none where one of them is known only when the script runs. */
function imagesOf(words: readonly string[]): Pick<Written, "images"> {
  const names = words
    .filter((word) => !word.startsWith("-"))
    .map((word) => (word.includes("=") ? word.replace(/=.*$/, "") : word.replace(/[:@][^/]*$/, "")));
  const references = names.map(parseReference);
  if (names.length === 0 || references.includes(undefined)) return {};
  const keys = references.flatMap((reference) => (reference === undefined ? [] : [imageKey(reference)]));
  return { images: new Set([...keys, ...names.map((name) => `image ${name}`)]) };
}
