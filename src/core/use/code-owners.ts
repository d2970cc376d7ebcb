import { matchesGlob } from "../text/glob.ts";

/** Where GitHub looks for the file that says who owns which files: the first of these counts. */
export const CODE_OWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/** Bytes: GitHub takes no larger one. */
export const LARGEST_CODE_OWNERS = 3 * 1024 * 1024;

/** A line of the file: whom it names for which files. */
interface OwnerRule {
  /** Parts of a path, each with `*` and `?`; `**` for any number of them. */
  readonly parts: readonly string[];
  /** Whether it begins at the root. */
  readonly anchored: boolean;
  /** Whether only what is below a folder of this name is meant. */
  readonly below: boolean;
  /** The name at the root that it begins with, where that is plain. */
  readonly root: string | undefined;
  /** Characters of the pattern: what looking at it costs. */
  readonly length: number;
  readonly owners: readonly string[];
}

/** Characters of a pattern: a longer one names no file that is read. */
const LONGEST_PATTERN = 512;
/** Steps that are taken for all paths of a repository: a few tenths of a second at worst. What is left then has no known owner. */
const MOST_STEPS = 5_000_000;

/**
 * Who owns each of these files, by GitHub's rules: the last line that matches a file decides, also when it names nobody. A file
 * that no line names, or of whose line GitHub would make nothing, is not among them.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function codeOwners(text: string, paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const rules = text.split("\n").flatMap(readRule).reverse();
  const found = new Map<string, readonly string[]>();
  let steps = 0;
  for (const path of new Set(paths)) {
    const parts = path.split("/");
    for (const rule of rules) {
      const isElsewhere = rule.root !== undefined && rule.root !== parts[0];
      steps += isElsewhere ? 1 : parts.length + (rule.length * path.length) / 8;
      if (steps > MOST_STEPS) return found;
      if (isElsewhere || !matches(rule, parts)) continue;
      if (rule.owners.length > 0) found.set(path, rule.owners);
      break;
    }
  }
  return found;
}

const OWNER = /^@[\w-]{1,100}(\/[\w.-]{1,100})?$|^[^\s@]{1,100}@[^\s@]{1,200}$/;

/** None for a comment, and for a line that GitHub skips since it cannot read it. */
function readRule(line: string): readonly OwnerRule[] {
  const words = line.match(/(?:\\.|\S)+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  const [written, ...owners] = comment < 0 ? words : words.slice(0, comment);
  if (written === undefined || written.length > LONGEST_PATTERN || !owners.every((one) => OWNER.test(one))) return [];
  const pattern = written.replaceAll("\\ ", " ");
  if (/^!|[[\]\\]/.test(pattern)) return [];
  const parts = pattern.split("/").filter((part) => part !== "");
  const anchored = pattern.replace(/\/$/, "").includes("/");
  const [first] = parts;
  if (first === undefined) return [];
  const root = anchored && !WILD.test(first) ? first : undefined;
  return [{ parts, anchored, root, below: pattern.endsWith("/"), length: pattern.length, owners }];
}

/** A name without a slash is looked for in every folder; what matches a folder matches all that is in it. */
function matches({ parts, anchored, below }: OwnerRule, path: readonly string[]): boolean {
  const last = path.length - 1;
  const [name = ""] = parts;
  if (!anchored) return path.some((part, at) => !(below && at === last) && matchesPart(name, part));
  const ends = reached(parts, path);
  // `docs/*` means the files of a folder, and none that are deeper.
  const isShallow = parts.at(-1) === "*" && !below;
  return ends.includes(path.length) ? !below : !isShallow && ends.some((count) => count > 0);
}

/** How many parts of a path all parts of a pattern may take, the fewest first. */
function reached(pattern: readonly string[], path: readonly string[]): readonly number[] {
  let counts: readonly number[] = [0];
  for (const part of pattern) {
    const [fewest] = counts;
    if (fewest === undefined) return counts;
    counts =
      part === "**"
        ? Array.from({ length: path.length - fewest + 1 }, (_, more) => fewest + more)
        : counts.flatMap((count) => (count < path.length && matchesPart(part, path[count] ?? "") ? [count + 1] : []));
  }
  return counts;
}

const WILD = /[*?]/;

function matchesPart(pattern: string, part: string): boolean {
  return pattern === part || (WILD.test(pattern) && matchesGlob(pattern, part));
}
