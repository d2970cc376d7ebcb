import { type Outlook, type OutlookUpdate, order } from "../plan/outlook.ts";
import { shortDigest } from "../pull/body/updates.ts";
import { compareUrgency } from "../pull/pull.ts";
import { type ImageReference, imageKey, parseReference } from "../reference.ts";
import { code, table, takeWithin } from "../text/markdown.ts";
import type { ReportedRepository, ReportInput } from "./input.ts";

const MOST_ROWS = 300;
/** In characters, of each of the two lists. */
const BUDGET = 11_000;

/** What one repository has for a list. */
interface Listed {
  readonly name: string;
  readonly updates: Outlook["updates"];
}

interface Row {
  readonly repository: string;
  readonly update: OutlookUpdate;
}

/** What would be proposed, were it not for mode or another tool, and apart from that what is: the most urgent first. */
export function updatesSection({ repositories }: ReportInput): string {
  const own = ({ name, outlook: { updates } }: ReportedRepository): Listed => ({ name, updates });
  const left = repositories.flatMap(({ name, outlook }) => (outlook.left ? [{ name, updates: outlook.left }] : []));
  const inMode = (mode: Outlook["mode"]) => repositories.filter(({ outlook }) => outlook.mode === mode).map(own);
  return [
    list("What would be proposed, once it is old enough", [...inMode("observe"), ...left], "Nothing."),
    list("What is proposed, as age, limits and windows allow", inMode("propose"), ""),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function list(title: string, listed: readonly Listed[], none: string): string {
  const rows = listed
    .flatMap(({ name, updates }): readonly Row[] => updates.shown.map((update) => ({ repository: name, update })))
    .toSorted(compareRows);
  const total = listed.reduce((sum, { updates }) => sum + updates.total, 0);
  if (total === 0) return none === "" ? "" : `### ${title}\n\n${none}`;
  const shown = takeWithin(rows.map(cellsOf), MOST_ROWS, BUDGET);
  const more = total > shown.length ? `\n\nand ${total - shown.length} more` : "";
  return `### ${title}\n\n${table(["Urgency", "Repository", "Image", "From", "To", "Change", "Uses:"], shown)}${more}`;
}

function compareRows(a: Row, b: Row): number {
  return (
    compareUrgency(a.update.urgency, b.update.urgency) ||
    order(a.repository, b.repository) ||
    order(a.update.from, b.update.from)
  );
}

function cellsOf({ repository, update }: Row): readonly string[] {
  const { from, to, change, urgency, uses } = update;
  const reference = parseReference(to);
  return [
    urgency,
    code(repository, 140),
    reference === undefined ? code(to) : code(imageKey(reference)),
    version(parseReference(from), from),
    version(reference, to),
    change,
    String(uses),
  ];
}

function version(reference: ImageReference | undefined, text: string): string {
  if (reference === undefined) return code(text);
  const { tag = "no tag", digest } = reference;
  return digest === undefined ? code(tag, 128) : `${code(tag, 128)} ${code(shortDigest(digest))}`;
}
