import { textAt } from "../syntax/hcl/scope.ts";
import type { HclBody } from "../syntax/hcl/tree.ts";

/** The platform that a resource asks for: of Docker's by its name, of ECS by its parts. */
export function platformOf(body: HclBody): string | undefined {
  const named = textAt(body, "platform");
  if (named !== undefined) return named;
  const runtime = body.blocks.find(({ type }) => type === "runtime_platform")?.body;
  const os = textAt(runtime, "operating_system_family") ?? "LINUX";
  const architecture = textAt(runtime, "cpu_architecture");
  if (runtime === undefined || architecture === undefined) return undefined;
  const isWindows = os.startsWith("WINDOWS");
  return `${isWindows ? "windows" : "linux"}/${architecture === "ARM64" ? "arm64" : "amd64"}`;
}
