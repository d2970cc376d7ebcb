import { DEPENDABOT_PATHS, dependabotOf } from "../../config/others/dependabot.ts";
import { RENOVATE_PATHS, renovateOf } from "../../config/others/renovate.ts";
import type { Repository } from "../../core/repository.ts";
import type { OtherTool } from "../../core/use/other-tool.ts";
import type { Use } from "../../core/use/use.ts";
import type { TreeEntry } from "../../github/github.ts";
import type { Context } from "../context.ts";
import type { ConfigReading } from "../read/config.ts";
import { REPOSITORY_CONFIG, readText } from "../read/read.ts";

/** UTF-16 units; reading takes time that grows with the text. */
const LONGEST = 64 * 1024;
const LONGEST_PATCH = 8_000;

/** Tools that keep the files of a repository's uses up to date as well, by the files that configure them. */
export async function readOthers(
  context: Context,
  repository: Repository,
  tree: ReadonlyMap<string, TreeEntry>,
  uses: readonly Use[],
): Promise<readonly OtherTool[]> {
  const files = [...new Set(uses.map(({ path }) => path))];
  if (files.length === 0) return [];
  const read = async (path: string | undefined) => {
    const entry = path === undefined ? undefined : tree.get(path);
    return entry && { path: entry.path, text: (await readText(context, repository, entry)).slice(0, LONGEST) };
  };
  const renovate = await read(RENOVATE_PATHS.find((path) => tree.has(path)));
  const dependabot = await read(DEPENDABOT_PATHS.find((path) => tree.has(path)));
  const found = [
    renovate && renovateOf(renovate.path, renovate.text),
    dependabot && dependabotOf(dependabot.path, dependabot.text, files),
  ];
  return found.filter((one) => one !== undefined).map(bounded);
}

function bounded({ patch, ...tool }: OtherTool): OtherTool {
  return patch === undefined || patch.length > LONGEST_PATCH ? tool : { ...tool, patch };
}

/**
 * Where another tool keeps the same files up to date nothing is proposed, unless the repository's own configuration says so:
 * the organisation's, which turns proposing on for all, did not mean two bots on one line.
 */
export function leaveToOthers({ config, problems }: ConfigReading, others: readonly OtherTool[] = []): ConfigReading {
  const [other] = others;
  const isOwnWish = config.modeOrigin !== "default" && config.modeOrigin.path === REPOSITORY_CONFIG;
  if (other === undefined || config.mode !== "propose" || isOwnWish) return { config, problems };
  return { config: { ...config, mode: "observe", leftTo: `${other.tool}, ${other.path}` }, problems };
}
