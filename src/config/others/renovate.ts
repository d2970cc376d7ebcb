import JSON5 from "json5";
import type { OtherTool } from "../../core/use/other-tool.ts";
import { isObject, type Values } from "../foreign.ts";
import type { ManagedFile } from "./managed-file.ts";
import { handOver } from "./renovate-patch.ts";
import { type Share, sharesOf } from "./renovate-shares.ts";

/** Where Renovate looks for its configuration on GitHub, in its order; the first that is there counts (lib/config/app-strings.ts). */
export const RENOVATE_PATHS: readonly string[] = [
  ...["renovate.json", "renovate.jsonc", "renovate.json5"],
  ...[".github/renovate.json", ".github/renovate.jsonc", ".github/renovate.json5"],
  ...[".renovaterc", ".renovaterc.json", ".renovaterc.jsonc", ".renovaterc.json5"],
  "package.json",
];

/**
 * What Renovate's configuration at `path` says of these files: `undefined` when it leaves all of them alone, or is none. One
 * that cannot be read is taken to keep everything up to date that Renovate knows by itself. `base`: the branch that the files are on, the default one unless told otherwise.
 */
export function renovateOf(
  path: string,
  text: string,
  files: readonly ManagedFile[],
  base: string,
  isDefault = true,
): OtherTool | undefined {
  const whole = parse(text);
  const isPackage = path === "package.json";
  const own = isPackage ? ownOf(whole) : whole;
  if (own === undefined && isPackage) return undefined;
  const shares = sharesOf(own ?? {}, files, base, isDefault);
  if (shares.length === 0) return undefined;
  const rules = rulesFor(shares);
  const patch = own && rules && handOver({ path, text, keys: isPackage ? ["renovate"] : [] }, parse, rules);
  const shared = [...new Set(shares.map(({ file }) => file))].toSorted();
  return { tool: "Renovate", path, files: shared, ...(patch === undefined ? { byHand: byHand(shares) } : { patch }) };
}

function parse(text: string): Values | undefined {
  try {
    const value: unknown = JSON5.parse(text.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ownOf(whole: Values | undefined): Values | undefined {
  return isObject(whole?.renovate) ? whole.renovate : undefined;
}

/** Beyond, a patch would be longer than what it is to save. */
const MOST_NAMED = 50;

/**
 * The rules that make Renovate leave the images of these files alone; `undefined` where files would have to be named that are
 * too many, or have names that it would read as globs.
 */
function rulesFor(shares: readonly Share[]): readonly Values[] | undefined {
  const [named, whole] = [true, false].map((more) =>
    shares.filter(({ manager }) => (manager.readsMore === true) === more),
  );
  const byManager = Map.groupBy(named ?? [], ({ manager }) => manager.name);
  if ((named ?? []).length > MOST_NAMED || named?.some(({ file }) => /[*?[\]{}()!\\]/.test(file))) return undefined;
  const names = [...new Set((whole ?? []).map(({ manager }) => manager.name))];
  return [
    ...(names.length > 0 ? [{ matchManagers: names }] : []),
    ...[...byManager].map(([name, of]) => ({ matchManagers: [name], matchFileNames: of.map(({ file }) => file) })),
  ].map((condition) => ({ ...condition, matchDatasources: ["docker"], enabled: false }));
}

function byHand(shares: readonly Share[]): string {
  const names = [...new Set(shares.map(({ manager }) => `"${manager.name}"`))];
  return `add a last entry to \`packageRules\`: \`{ "matchManagers": [${names.join(", ")}], "matchDatasources": ["docker"], "enabled": false }\``;
}
