import { reason } from "../../core/reason.ts";
import type { Setting } from "./expand.ts";

/** What only a build knows of its platforms stands for itself between two of these; no file that we read has one. */
const MARK = "\0";

const PLATFORM_ARGUMENTS = ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].flatMap((name) => [
  `BUILD${name}`,
  `TARGET${name}`,
]);

/** The variables that BuildKit sets by itself in the global scope. */
export function automaticArguments(): Map<string, Setting> {
  return new Map(
    [...PLATFORM_ARGUMENTS, "TARGETSTAGE"].map((name) => {
      const blocked = { state: "unsupported", reason: reason("unresolved-variable", name) } as const;
      return [name, { value: { text: MARK + name + MARK, variables: [], computed: true, blocked } }];
    }),
  );
}

/** The platforms that public Dockerfiles name stages after: operating system, architecture, variant. */
const PLATFORMS = [
  ["linux", "amd64", ""],
  ["linux", "arm64", ""],
  ["linux", "arm", "v7"],
  ["linux", "arm", "v6"],
  ["linux", "arm", "v5"],
  ["linux", "386", ""],
  ["linux", "ppc64le", ""],
  ["linux", "s390x", ""],
  ["linux", "riscv64", ""],
  ["linux", "loong64", ""],
  ["linux", "mips64le", ""],
  ["windows", "amd64", ""],
  ["windows", "arm64", ""],
  ["darwin", "amd64", ""],
  ["darwin", "arm64", ""],
  ["freebsd", "amd64", ""],
  ["freebsd", "arm64", ""],
] as const;

/** What the text of an expansion can be, over the platforms that a build may be for: itself, if it names none. */
export function overPlatforms(text: string): readonly string[] {
  if (!text.includes(MARK)) return [text];
  return PLATFORMS.map(([os, architecture, variant]) =>
    text.replaceAll(/\0(?:BUILD|TARGET)(OS|ARCH|VARIANT)\0/g, (_, name: string) =>
      name === "OS" ? os : name === "ARCH" ? architecture : variant,
    ),
  );
}
