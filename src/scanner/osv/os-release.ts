/** The distribution that an image says it is, and the name under which OSV keeps its advisories. */
export interface Distribution {
  /** `ID` of os-release(5). */
  readonly id: string;
  /** OSV's ecosystem: `Debian:12`, `Alpine:v3.20`. */
  readonly ecosystem: string;
}

/**
 * Reads os-release(5) into the OSV ecosystem that its packages belong to. `undefined` for a distribution that OSV has no
 * advisories for, or a file that does not say enough: then nothing may be called clean.
 */
export function parseOsRelease(text: string): Distribution | undefined {
  const fields = new Map(text.split("\n", 200).flatMap(field));
  const id = fields.get("ID")?.toLowerCase();
  const version = fields.get("VERSION_ID");
  const ecosystem = id === undefined ? undefined : ecosystemOf(id, version);
  return id === undefined || ecosystem === undefined ? undefined : { id, ecosystem };
}

function field(line: string): [string, string][] {
  const at = line.indexOf("=");
  if (at <= 0) return [];
  const value = line.slice(at + 1).trim();
  const quoted = value.length >= 2 && (value[0] === '"' || value[0] === "'") && value.at(-1) === value[0];
  return [[line.slice(0, at).trim(), quoted ? value.slice(1, -1) : value]];
}

function ecosystemOf(id: string, version: string | undefined): string | undefined {
  const rolling = ROLLING.get(id);
  if (rolling !== undefined) return rolling;
  const [major, minor] = version?.match(/^(\d{1,4})(?:\.(\d{1,4}))?/)?.slice(1) ?? [];
  if (major === undefined) return undefined;
  if (id === "debian") return `Debian:${major}`;
  if (id === "alpine") return minor === undefined ? undefined : `Alpine:v${major}.${minor}`;
  if (id === "ubuntu")
    return minor === undefined ? undefined : `Ubuntu:${major}.${minor}${isLongTerm(major, minor) ? ":LTS" : ""}`;
  return undefined;
}

/** Distributions without releases: OSV keeps one list for each. */
const ROLLING = new Map([
  ["wolfi", "Wolfi"],
  ["chainguard", "Chainguard"],
]);

/** Ubuntu's long-term releases are those of April in even years; OSV says so in the ecosystem's name. */
function isLongTerm(major: string, minor: string): boolean {
  return minor === "04" && Number(major) % 2 === 0;
}
