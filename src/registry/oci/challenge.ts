/** One way in that a server offers: an authentication scheme (lower case) and its parameters (names in lower case). */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const LONGEST_HEADER = 8_192;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const VALUE = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/y;

/**
 * The challenges of a WWW-Authenticate header (RFC 9110 section 11.6.1): several in one line, or several lines. Tolerant:
 * what cannot be read is left out.
 */
export function parseChallenges(header: string | readonly string[] | undefined): readonly Challenge[] {
  const text = (typeof header === "string" ? header : (header ?? []).join(", ")).slice(0, LONGEST_HEADER);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  while (at < text.length) {
    const name = matchAt(TOKEN, text, at);
    if (name === undefined) {
      at += 1;
      continue;
    }
    at += name[0].length;
    const value = matchAt(VALUE, text, at);
    if (value === undefined) {
      challenges.push({ scheme: name[0].toLowerCase(), parameters: new Map() });
      continue;
    }
    at += value[0].length;
    challenges.at(-1)?.parameters.set(name[0].toLowerCase(), value[1]?.replaceAll(/\\(.)/g, "$1") ?? value[2] ?? "");
  }
  return challenges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
