import { reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import { expressionUse, type ImageExpression } from "../syntax/script/expression-use.ts";
import { textIn } from "../syntax/script/look.ts";
import type { Item, Script } from "../syntax/script/tree.ts";
import type { FoundUse } from "../use/found.ts";

const HAS_REGISTRY = /^(?:[^/]*[.:][^/]*|localhost)\//;

/**
 * The use of an image that is pulled from `registryUrl`: Jenkins writes that registry's host before the name. One that names
 * the same registry itself is as it is written; one of another registry is held, since versions of the plugin differ about it.
 */
export function registryUse(script: Script, image: ImageExpression, registry: readonly Item[]): FoundUse {
  const found = expressionUse("jenkins", script, image);
  const { use, origin } = found;
  const { reference, resolved, blocked } = use;
  if (blocked !== undefined || reference === undefined || origin === undefined || resolved === undefined) return found;
  const host = hostOf(textIn(registry)?.value);
  if (host === undefined) {
    const why = reason("unresolved-variable", "registryUrl");
    const { reference: _, resolved: __, ...rest } = use;
    return { use: { ...rest, blocked: { state: "unsupported", reason: why } } };
  }
  if (host === reference.registry) return found;
  const whole = parseReference(`${host}/${resolved}`);
  if (whole === undefined || HAS_REGISTRY.test(resolved)) {
    return { use: { ...use, blocked: { state: "held", reason: reason("broken-reference", `registryUrl ${host}`) } } };
  }
  const digestAt = resolved.indexOf("@") === -1 ? resolved.length : resolved.indexOf("@");
  const tag = reference.tag ?? "";
  const { path, end } = origin;
  const at = origin.start + digestAt;
  return {
    use: { ...use, resolved: `${host}/${resolved}`, reference: whole },
    fields: {
      ...(tag !== "" && { tag: { path, start: at - tag.length, end: at, isPlain: false } }),
      digest: { path, start: at, end, expect: resolved.slice(digestAt), before: "@", after: "", drop: "" },
    },
  };
}

/** The host and port of a registry's address. Docker Hub's own is what a name without a registry means. */
function hostOf(address: string | undefined): string | undefined {
  const host = /^(?:https?:\/\/)?(?<host>[\w.-]+(?::\d+)?)(?:\/.*)?$/.exec(address ?? "")?.groups?.host;
  return host === "index.docker.io" || host === "registry.hub.docker.com" ? "docker.io" : host;
}
