import { RE2JS } from "re2js";
import { compileGlob, LONGEST_GLOB } from "../glob.ts";

/** Yes, no, or that nobody can tell within bounds. */
export type Maybe = boolean | undefined;

/** Matches texts against the patterns of somebody else's configuration. */
export interface Patterns {
  /** As Renovate's `matchRegexOrGlob`: an expression between slashes, or a glob without regard to case. */
  matches(pattern: string, text: string): Maybe;
  /** As its `matchRegexOrGlobList`: one of the plain ones, and every one that is negated. */
  matchesList(patterns: readonly string[], text: string): Maybe;
  /** A glob alone, letters as they are. */
  matchesGlob(glob: string, text: string): Maybe;
}

/** Matching takes at most the product of both lengths: this many steps are what one repository may cost. */
const MOST_STEPS = 40_000_000;
/** So much longer takes a step of an expression than one of a glob. */
const EXPRESSION = 10;
const LONGEST_EXPRESSION = 200;
const MOST_BRACES = 32;

/**
 * A matcher for one configuration. Expressions are matched by RE2's rules, as Renovate does, in linear time and without
 * counted repetitions, which cost more than their text is long.
 */
export function patternsOf(): Patterns {
  const compiled = new Map<string, RE2JS | undefined>();
  const globs = new Map<string, readonly ((text: string) => boolean)[] | undefined>();
  let left = MOST_STEPS;

  function afford(pattern: string, text: string, weight: number): boolean {
    left -= (pattern.length + 1) * (text.length + 1) * weight;
    return left >= 0;
  }

  function matchesGlob(glob: string, text: string): Maybe {
    if (!afford(glob, text, 1)) return undefined;
    if (!globs.has(glob)) globs.set(glob, compile(glob));
    return globs.get(glob)?.some((matches) => matches(text));
  }

  function matches(pattern: string, text: string): Maybe {
    if (pattern === "*") return true;
    const [, negated = "", expression, flag] = /^(!?)\/(.*)\/(i?)$/s.exec(pattern) ?? [];
    if (expression === undefined) {
      return pattern.startsWith("!")
        ? not(matchesGlob(pattern.slice(1).toLowerCase(), text.toLowerCase()))
        : matchesGlob(pattern.toLowerCase(), text.toLowerCase());
    }
    if (!afford(expression, text, EXPRESSION)) return undefined;
    if (!compiled.has(pattern)) compiled.set(pattern, compileExpression(expression, flag === "i"));
    const found = compiled.get(pattern)?.matcher(text).find();
    return negated === "" ? found : not(found);
  }

  return {
    matches,
    matchesGlob,
    matchesList(patterns, text) {
      if (patterns.length === 0) return false;
      const plain = patterns.filter((pattern) => !pattern.startsWith("!")).map((one) => matches(one, text));
      const negated = patterns.filter((pattern) => pattern.startsWith("!")).map((one) => matches(one, text));
      return all([...(plain.length === 0 ? [] : [any(plain)]), ...negated]);
    },
  };
}

/** Whether all hold: no, if one does not; else nobody can tell, if of one nobody can. */
export function all(list: readonly Maybe[]): Maybe {
  if (list.includes(false)) return false;
  return list.includes(undefined) ? undefined : true;
}

export function any(list: readonly Maybe[]): Maybe {
  return not(all(list.map(not)));
}

function not(value: Maybe): Maybe {
  return value === undefined ? undefined : !value;
}

function compileExpression(expression: string, ignoreCase: boolean): RE2JS | undefined {
  if (expression.length > LONGEST_EXPRESSION || /\{\d/.test(expression)) return undefined;
  try {
    return RE2JS.compile(expression, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}

/** With its braces spelt out; `undefined` for a glob with anything else that ours do not know. */
function compile(glob: string): readonly ((text: string) => boolean)[] | undefined {
  const spelt = glob.length > LONGEST_GLOB ? undefined : spellOut(glob);
  return spelt?.every((one) => !/[[\]{}\\]|[!@+?*]\(/.test(one)) ? spelt.map(compileGlob) : undefined;
}

/** `**` + `/{a,b}/x` as two globs; `undefined` when they would be too many. */
function spellOut(glob: string): readonly string[] | undefined {
  let open = [glob];
  for (;;) {
    const next = open.flatMap((one) => {
      const [whole, before = "", choices = "", after = ""] = /^([^{}]*)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(one) ?? [];
      return whole === undefined ? [one] : choices.split(",").map((choice) => `${before}${choice}${after}`);
    });
    if (next.length > MOST_BRACES) return undefined;
    if (next.length === open.length) return next;
    open = next;
  }
}
