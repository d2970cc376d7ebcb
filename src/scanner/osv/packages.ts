import { AppError } from "../../core/errors.ts";

/** A package as the distribution's database has it, with the source it was built from: most advisories are about sources. */
export interface DistributionPackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** Empty where the database has none. */
  readonly architecture: string;
}

/** More than any distribution has. */
export const MOST_PACKAGES = 50_000;

/**
 * The installed packages of a dpkg status file (deb-control(5)), or of one file below `status.d`, which has no `Status`.
 * Throws INPUT for more paragraphs than any distribution has packages.
 */
export function parseDpkg(text: string): readonly DistributionPackage[] {
  return paragraphs(text).flatMap((paragraph) => {
    const fields = fieldsOf(paragraph);
    const name = fields.get("Package");
    const version = fields.get("Version");
    if (!name || !version || !isInstalled(fields.get("Status"))) return [];
    const [source = name, stated] = (fields.get("Source") || name).split(/ +/);
    const sourceVersion = stated?.replace(/^\(|\)$/g, "") || version;
    return [{ name, version, source, sourceVersion, architecture: fields.get("Architecture") ?? "" }];
  });
}

/** `deinstall ok config-files` and the like: the package is gone, its record is not. */
function isInstalled(status: string | undefined): boolean {
  return status === undefined || status.endsWith(" installed");
}

/** The installed packages of apk's database (apk-package(5)). Throws INPUT as `parseDpkg` does. */
export function parseApk(text: string): readonly DistributionPackage[] {
  return paragraphs(text).flatMap((paragraph) => {
    const fields = fieldsOf(paragraph);
    const name = fields.get("P");
    const version = fields.get("V");
    if (!name || !version) return [];
    const source = fields.get("o") || name;
    return [{ name, version, source, sourceVersion: version, architecture: fields.get("A") ?? "" }];
  });
}

function paragraphs(text: string): readonly string[] {
  const found = text.replaceAll("\r\n", "\n").split("\n\n", MOST_PACKAGES + 1);
  if (found.length > MOST_PACKAGES) throw new AppError("INPUT", "a package database of more packages than are read");
  return found;
}

/** The fields of a paragraph; continuation lines (which begin with a blank) and later duplicates are passed over. */
function fieldsOf(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of paragraph.split("\n")) {
    const at = line.indexOf(":");
    if (at <= 0 || line.startsWith(" ") || line.startsWith("\t")) continue;
    const key = line.slice(0, at);
    if (!fields.has(key)) fields.set(key, line.slice(at + 1).trim());
  }
  return fields;
}
