import type { Role } from "../../core/use/use.ts";
import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse, type ImageExpression } from "../syntax/script/expression-use.ts";
import { GROOVY, KOTLIN } from "../syntax/script/language.ts";
import { isGroup, isMark, isName, statementsOf, textIn } from "../syntax/script/look.ts";
import { type Group, type Item, readScript } from "../syntax/script/tree.ts";
import type { FoundUse } from "../use/found.ts";

/** Where Jib takes the image from; from a file it is none. */
const SOURCE = /^(?:docker|registry):\/\//;
const NO_IMAGE = /^(?:tar:|scratch$|$)/;
/** How Jib's extension and Spring Boot's task are named in a build, by themselves or by their types. */
const JIB: ReadonlySet<string> = new Set(["jib", "JibExtension"]);
const BOOT_IMAGE: ReadonlySet<string> = new Set(["bootBuildImage", "BootBuildImage"]);
const SETTERS: ReadonlyMap<string, string> = new Map([
  ["setImage", "image"],
  ["setBuilder", "builder"],
  ["setRunImage", "runImage"],
]);
/** Words that say nothing of what a block is of. */
const PASSING: ReadonlySet<string> = new Set(["set", "configure", "configureEach", "apply"]);
/** No name that matters has more around it. */
const MOST_WORDS = 8;
const BOOT_ROLES: ReadonlyMap<string, Role> = new Map([
  ["builder", "stage"],
  ["runImage", "base"],
]);

/**
 * Base images of Jib (https://github.com/GoogleContainerTools/jib/tree/master/jib-gradle-plugin#extended-usage) and builders of
 * Spring Boot (https://docs.spring.io/spring-boot/gradle-plugin/packaging-oci-image.html) in builds in Groovy and in Kotlin.
 */
export const gradle: Manager = eachFile({
  kind: "gradle",
  matches: (path) => /\.gradle(?:\.kts)?$/.test(path),
  read(path, text) {
    if (!/\bjib\b|\bJibExtension\b|\b[bB]ootBuildImage\b/.test(text)) return NOTHING;
    const { script, problems } = readScript(path, text, path.endsWith(".kts") ? KOTLIN : GROOVY);
    if (script === undefined) return { found: [], problems };
    const images = [...imagesIn(script.items, [])].filter(({ items }) => !NO_IMAGE.test(textIn(items)?.value ?? "?"));
    const found: readonly FoundUse[] = images.map((image) => expressionUse("gradle", script, image));
    return { found, problems };
  },
});

/** The images of a block, and how it and those around it are named: `jib { from { image = … } }`, `jib.from.image = …`. */
function* imagesIn(items: readonly Item[], around: readonly string[]): Iterable<ImageExpression> {
  const platform = around.at(-1) === "from" ? platformIn(items) : undefined;
  for (const statement of statementsOf(items)) {
    const { head, value } = partsOf(statement);
    const role = value.length === 0 ? undefined : roleOf([...around, ...wordsIn(head)]);
    if (role !== undefined) yield { items: value, role, prefix: SOURCE, ...(platform !== undefined && { platform }) };
    let named = 0;
    for (const [at, item] of head.entries()) {
      if (!isGroup(item, "{")) continue;
      yield* imagesIn(item.items, [...around, ...wordsIn(head.slice(named, at))].slice(-MOST_WORDS));
      named = at + 1;
    }
  }
}

/** What is said, and of what: `image = 'a'`, `image 'a'`, `image a`, `setImage('a')`, `image.set('a')`. */
function partsOf(statement: readonly Item[]): { readonly head: readonly Item[]; readonly value: readonly Item[] } {
  const sign = statement.findIndex((item) => isMark(item, "="));
  if (sign !== -1) return { head: statement.slice(0, sign), value: statement.slice(sign + 1) };
  if (isName(statement[0]) && isName(statement[1])) return { head: statement.slice(0, 1), value: statement.slice(1) };
  const last = statement.at(-1);
  const isCall = statement.length > 1 && (last?.kind === "text" || isGroup(last, "("));
  return isCall ? { head: statement.slice(0, -1), value: statement.slice(-1) } : { head: statement, value: [] };
}

/** Names, and texts in brackets, that say what a block or a value is of. */
function wordsIn(items: readonly Item[]): readonly string[] {
  const words = items.flatMap((item) => {
    if (isGroup(item, "(")) return item.items.flatMap((inner) => (inner.kind === "text" ? inner.value : []));
    return isName(item) ? item.value : [];
  });
  return words.map((word) => SETTERS.get(word) ?? word).filter((word) => !PASSING.has(word));
}

function roleOf(words: readonly string[]): Role | undefined {
  const [last = "", block = "", extension = ""] = words.toReversed();
  if (JIB.has(extension) && block === "from" && last === "image") return "base";
  return BOOT_IMAGE.has(block) ? BOOT_ROLES.get(last) : undefined;
}

/** The platform of a block with exactly one of them: `platforms { platform { os = "linux"; architecture = "arm64" } }`. */
function platformIn(items: readonly Item[]): string | undefined {
  const [platform, ...others] = blocksIn(
    blocksIn(items, "platforms").flatMap((block) => block.items),
    "platform",
  );
  if (platform === undefined || others.length > 0) return undefined;
  const said = new Map(
    statementsOf(platform.items)
      .map(partsOf)
      .map(({ head, value }) => [wordsIn(head).join("."), textIn(value)?.value]),
  );
  const parts = [said.get("os") ?? "linux", said.get("architecture") ?? ""];
  return parts.every((part) => /^\w+$/.test(part)) ? parts.join("/") : undefined;
}

function blocksIn(items: readonly Item[], name: string): readonly Group[] {
  return items.flatMap((item, at) => (isGroup(item, "{") && isName(items[at - 1], name) ? [item] : []));
}
