import { reason } from "../../core/reason.ts";
import { eachFile } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { readOr } from "../syntax/unreadable.ts";
import type { FoundUse } from "../use/found.ts";
import { type Expand, imageUse, literal } from "../use/image.ts";

/** `[Container]`, `[Image]` and `[Volume]` have an `Image=`. */
const NAMES = /(?:^|\/)[^/]+\.(?:container|image|volume)$/;
const SECTION = /^\[(?<name>[^\]]*)\]\s*$/;
const KEY = /^Image[ \t]*=[ \t]*/;
/** systemd takes quotes off what stands in them as a whole. */
const QUOTED = /^(["'])(?<inner>[^"']*)\1$/;
/** No line of a unit that says something is longer. */
const LONGEST = 2048;
/** The image is another unit's. */
const UNIT = /\.(?:image|build)$/;

/** Podman's units for systemd: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html */
export const quadlet: Manager = eachFile({
  kind: "quadlet",
  matches: (path) => NAMES.test(path),
  read(path, text) {
    const read = readOr(path, text, () => readUses(path, text));
    return read.state === "read" ? { found: read.value, problems: [] } : { found: [], problems: [read.problem] };
  },
});

/** `%h` and the like are systemd's. */
const expand: Expand = (text) =>
  text.includes("%")
    ? {
        state: "unsupported",
        reason: reason("unresolved-variable", text.slice(text.indexOf("%"), text.indexOf("%") + 2)),
      }
    : literal(text);

function readUses(path: string, text: string): readonly FoundUse[] {
  const found: FoundUse[] = [];
  let section = "";
  let start = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const short = line.slice(0, LONGEST);
    section = SECTION.exec(short)?.groups?.name ?? section;
    const before = KEY.exec(short)?.[0] ?? "";
    const written = before === "" ? "" : short.slice(before.length).trimEnd();
    const quoted = QUOTED.exec(written)?.groups?.inner;
    const value = quoted ?? written;
    const at = start + before.length + Number(quoted !== undefined);
    if (isSection(section) && value !== "" && !UNIT.test(value)) {
      const place = { path, line: index + 1, role: "workload", value, start: at } as const;
      // A backslash at the end goes on in the next line.
      found.push(imageUse("quadlet", { ...place, isExact: !value.endsWith("\\") }, expand));
    }
    start += line.length + 1;
  }
  return found;
}

function isSection(name: string): boolean {
  return name === "Container" || name === "Image" || name === "Volume";
}
