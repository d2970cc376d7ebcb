import type { Config } from "../../config/config.ts";
import { DEPENDABOT_PATHS, dependabotOf } from "../../config/others/dependabot.ts";
import type { ManagedFile } from "../../config/others/managed-file.ts";
import { RENOVATE_PATHS, renovateOf } from "../../config/others/renovate.ts";
import { sha256 } from "../../core/hash.ts";
import { baseOf, type Line } from "../../core/line.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { OtherTool } from "../../core/use/other-tool.ts";
import type { Use } from "../../core/use/use.ts";
import type { TreeEntry } from "../../github/trees.ts";
import type { Context } from "../context.ts";
import { REPOSITORY_CONFIG, readText } from "../read/read.ts";
import { withinReach } from "./within-reach.ts";

/** UTF-16 units; reading takes time that grows with the text. */
const LONGEST = 64 * 1024;
const LONGEST_PATCH = 8_000;

/** Tools that keep files of a repository's uses up to date as well, by the files that configure them. */
export async function readOthers(
  context: Context,
  repository: Line,
  tree: ReadonlyMap<string, TreeEntry>,
  uses: readonly Use[],
): Promise<readonly OtherTool[]> {
  const files = changeable(uses.map((use) => withinReach(context, repository, use)));
  if (files.length === 0) return [];
  const read = async (entry: ReturnType<typeof entryIn>) =>
    entry && { path: entry.path, text: (await readText(context, repository, entry)).slice(0, LONGEST) };
  const renovate = await read(entryIn(tree, RENOVATE_PATHS));
  const dependabot = await read(entryIn(tree, DEPENDABOT_PATHS));
  const base = baseOf(repository);
  const isDefault = repository.base === undefined;
  const found = [
    renovate && renovateOf(renovate.path, renovate.text, files, base, isDefault),
    dependabot && dependabotOf(dependabot.path, dependabot.text, files, base, isDefault),
  ];
  return found.filter((one) => one !== undefined).map(bounded);
}

/** Changes when a file does that configures such a tool, and with nothing else. */
export function othersKey(tree: ReadonlyMap<string, TreeEntry>): string {
  return sha256(canonicalJson([RENOVATE_PATHS, DEPENDABOT_PATHS].map((paths) => entryIn(tree, paths) ?? null)));
}

/** The file that a tool goes by, of those that it looks for in this order. */
function entryIn(tree: ReadonlyMap<string, TreeEntry>, paths: readonly string[]): TreeEntry | undefined {
  return paths.flatMap((path) => tree.get(path) ?? [])[0];
}

/** The files in which Oakum could change anything: what it would leave alone anyway is no reason for anybody to yield. */
function changeable(uses: readonly Use[]): readonly ManagedFile[] {
  const own = uses.filter(({ blocked }) => blocked === undefined);
  const byFile = new Map(own.map(({ path, manager }) => [`${manager} ${path}`, { path, kind: manager }]));
  return [...byFile.values()];
}

function bounded({ patch, ...tool }: OtherTool): OtherTool {
  return patch === undefined || patch.length > LONGEST_PATCH ? tool : { ...tool, patch };
}

/**
 * Why the uses of a file are left to another tool, by the file's path: nothing is proposed where one keeps the same file up to
 * date, unless the repository's own configuration says so. The organisation's, which turns proposing on for all, did not mean
 * two bots on one line.
 */
export function leftToOthers(
  { mode, modeOrigin }: Pick<Config, "mode" | "modeOrigin">,
  others: readonly OtherTool[] = [],
): (path: string) => Reason | undefined {
  const isOwnWish = modeOrigin !== "default" && modeOrigin.path === REPOSITORY_CONFIG;
  if (mode !== "propose" || isOwnWish) return () => undefined;
  const byFile = new Map(
    others.toReversed().flatMap(({ tool, path, files }) => {
      const why = reason("managed-by-other", `${tool}, ${path}`);
      return files.map((file) => [file, why] as const);
    }),
  );
  return (path) => byFile.get(path);
}
