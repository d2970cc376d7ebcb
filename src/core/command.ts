/** What a person tells Oakum to do with one of its pulls, by a comment or by a box in the description. */
export type Command =
  /** Derive the edits anew on the base branch as it is now, over whatever is on the branch. */
  | { readonly kind: "rebase" }
  /** Close it, and open it anew after so many milliseconds. */
  | { readonly kind: "snooze"; readonly duration: number }
  /** Close it, and never propose exactly this again. */
  | { readonly kind: "refuse" }
  /** Leave it alone: no refresh, no merge, no closing. */
  | { readonly kind: "pause" }
  /** End a pause or a snooze. */
  | { readonly kind: "resume" };

/** A line that begins with `/oakum`: the command that it gives, or why it gives none, for a person. */
export type CommandLine = { readonly text: string } & ({ readonly command: Command } | { readonly problem: string });

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR };
const LONGEST_SNOOZE = 90 * 24 * HOUR;
const LONGEST_LINE = 200;
/** Command lines of one comment that are read. */
const MOST_LINES = 10;
const THERE_ARE = "There are rebase, snooze (such as snooze 7d), refuse, pause and resume";

/**
 * The commands of a comment in Markdown, in their order: one a line, at its very start. What stands in a quote, in a block
 * of code or in an HTML comment is somebody else's, or an example.
 */
export function readCommands(body: string): readonly CommandLine[] {
  const lines: CommandLine[] = [];
  let closing: RegExp | undefined;
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (closing !== undefined) {
      if (closing.test(line)) closing = undefined;
      continue;
    }
    closing = blockEnd(line);
    if (closing === undefined && /^\/oakum(?![\w/-])/i.test(line)) lines.push(readLine(line));
    if (lines.length === MOST_LINES) break;
  }
  return lines;
}

/** How a block that begins on this line, and whose lines are not read, ends; `undefined` when none begins, or it ends here. */
function blockEnd(line: string): RegExp | undefined {
  const [, fence, info = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (fence !== undefined && !(fence.startsWith("`") && info.includes("`")))
    return new RegExp(`^ {0,3}${fence.charAt(0)}{${fence.length},}[ \\t]*$`);
  const comment = line.lastIndexOf("<!--");
  if (comment !== -1 && !line.includes("-->", comment)) return /-->/;
  const [, raw] = /^ {0,3}<(pre|script|style|textarea)\b/i.exec(line) ?? [];
  return raw === undefined || new RegExp(`</${raw}>`, "i").test(line) ? undefined : new RegExp(`</${raw}>`, "i");
}

function readLine(line: string): CommandLine {
  const text = line.trim().slice(0, LONGEST_LINE);
  const [, name = "", ...words] = text.split(/\s+/);
  const kind = name.toLowerCase();
  const [word, ...more] = words;
  switch (kind) {
    case "snooze": {
      const duration = word === undefined || more.length > 0 ? undefined : readDuration(word);
      if (duration !== undefined) return { text, command: { kind, duration } };
      return { text, problem: "snooze takes a time from 1h to 90d, in hours, days or weeks, such as snooze 7d" };
    }
    case "rebase":
    case "refuse":
    case "pause":
    case "resume":
      return word === undefined ? { text, command: { kind } } : { text, problem: `${kind} takes nothing behind it` };
    default:
      return { text, problem: kind === "" || kind === "help" ? THERE_ARE : `there is no such command. ${THERE_ARE}` };
  }
}

function readDuration(word: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,4})([hdw])$/i.exec(word) ?? [];
  const duration = Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return duration >= HOUR && duration <= LONGEST_SNOOZE ? duration : undefined;
}
