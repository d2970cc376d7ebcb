/** The distribution that an image says it is, and the name under which OSV keeps its advisories. */
export interface Distribution {
  /** `ID` of os-release(5), in lower case. */
  readonly id: string;
  /** `VERSION_ID` of os-release(5). */
  readonly version?: string;
  /** OSV's ecosystem, as its schema defines them: `Debian:12`, `Alpine:v3.20`, `Ubuntu:24.04:LTS`, `Wolfi`. */
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
  const ecosystem = id === undefined ? undefined : ecosystemOf(id, version ?? "");
  if (id === undefined || ecosystem === undefined) return undefined;
  return { id, ecosystem, ...(version !== undefined && { version }) };
}

function field(line: string): [string, string][] {
  const at = line.indexOf("=");
  if (at <= 0) return [];
  const value = line.slice(at + 1).trim();
  const quoted = value.length >= 2 && (value[0] === '"' || value[0] === "'") && value.at(-1) === value[0];
  return [[line.slice(0, at).trim(), quoted ? value.slice(1, -1) : value]];
}

function ecosystemOf(id: string, version: string): string | undefined {
  switch (id) {
    case "debian":
      // Testing and unstable write no version: theirs are not the advisories of a release.
      return /^\d{1,3}$/.test(version) ? `Debian:${version}` : undefined;
    case "alpine": {
      // Edge calls itself the coming release (`3.24.0_alpha20260127`), for which there are no advisories yet.
      const [, branch] = /^(\d{1,3}\.\d{1,3})(?:\.\d{1,3})?$/.exec(version) ?? [];
      return branch === undefined ? undefined : `Alpine:v${branch}`;
    }
    case "ubuntu":
      if (!/^\d\d\.\d\d$/.test(version)) return undefined;
      return `Ubuntu:${version}${isLongTerm(version) ? ":LTS" : ""}`;
    default:
      return ROLLING.get(id);
  }
}

/** Distributions without releases: OSV keeps one list for each. */
const ROLLING = new Map([
  ["wolfi", "Wolfi"],
  ["chainguard", "Chainguard"],
]);

/** Ubuntu's long-term releases are those of April in even years; OSV says so in the ecosystem's name. */
function isLongTerm(version: string): boolean {
  return version.endsWith(".04") && Number(version.slice(0, 2)) % 2 === 0;
}
