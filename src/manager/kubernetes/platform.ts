import { textOf, valueAt } from "../syntax/yaml/look.ts";
import type { YamlMap } from "../syntax/yaml/tree.ts";

/** As Go calls them, which is how nodes are labelled. */
const ARCHITECTURES: ReadonlySet<string> = new Set(["amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"]);

/**
 * The platform that a pod asks its node to have, by the labels that every node has; `undefined` where it does not say the
 * architecture. Windows nodes have only one: https://kubernetes.io/docs/concepts/windows/intro/
 */
export function platformOf(pod: YamlMap): string | undefined {
  if (!pod.keys.has("nodeSelector") && !pod.keys.has("os")) return undefined;
  const selector = valueAt(pod, "nodeSelector");
  const label = (name: string) =>
    textOf(valueAt(selector, `kubernetes.io/${name}`)) ?? textOf(valueAt(selector, `beta.kubernetes.io/${name}`));
  const os = label("os") ?? textOf(valueAt(pod, "os", "name")) ?? "linux";
  const architecture = label("arch") ?? (os === "windows" ? "amd64" : undefined);
  if (architecture === undefined || !ARCHITECTURES.has(architecture)) return undefined;
  return os === "linux" || os === "windows" ? `${os}/${architecture}` : undefined;
}
