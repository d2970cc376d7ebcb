/** A package as the distribution's database has it, with the source it was built from: advisories are about sources. */
export interface DistributionPackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly architecture: string;
}

/** More than any distribution has; a database that claims more is not read. */
const MOST_PACKAGES = 50_000;

/** The installed packages of a dpkg status file, or of one file below `status.d` (which has no `Status`). */
export function parseDpkg(text: string): readonly DistributionPackage[] {
  return paragraphs(text).flatMap((paragraph) => {
    const fields = fieldsOf(paragraph, ": ");
    const name = fields.get("Package");
    const version = fields.get("Version");
    const status = fields.get("Status");
    if (name === undefined || version === undefined) return [];
    // "deinstall ok config-files" and the like: the package is gone, its record is not.
    if (status !== undefined && !status.endsWith(" installed")) return [];
    const [source = name, stated] = (fields.get("Source") ?? name).split(" ");
    const sourceVersion = stated?.replace(/^\(|\)$/g, "") ?? version;
    return [{ name, version, source, sourceVersion, architecture: fields.get("Architecture") ?? "" }];
  });
}

/** The installed packages of apk's database (`lib/apk/db/installed`). */
export function parseApk(text: string): readonly DistributionPackage[] {
  return paragraphs(text).flatMap((paragraph) => {
    const fields = fieldsOf(paragraph, ":");
    const name = fields.get("P");
    const version = fields.get("V");
    if (name === undefined || version === undefined) return [];
    const source = fields.get("o") ?? name;
    return [{ name, version, source, sourceVersion: version, architecture: fields.get("A") ?? "" }];
  });
}

function paragraphs(text: string): readonly string[] {
  return text.replaceAll("\r\n", "\n").split("\n\n", MOST_PACKAGES);
}

/** The fields of a paragraph; continuation lines (which begin with a blank) and later duplicates are passed over. */
function fieldsOf(paragraph: string, separator: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of paragraph.split("\n")) {
    const at = line.indexOf(separator);
    if (at <= 0 || line.startsWith(" ") || line.startsWith("\t")) continue;
    const key = line.slice(0, at);
    if (!fields.has(key)) fields.set(key, line.slice(at + separator.length).trim());
  }
  return fields;
}
