import type { Json } from "../state/json.ts";
import type { Repository, Rule, Ruleset } from "../state/repository.ts";
import type { World } from "../world.ts";

/** A rule with the ruleset that it is of. */
export type RuleOf = Rule & { readonly ruleset: Ruleset };

/** The rules on a branch, of rulesets and of protection alike; those that hold for `login`, if it is given. */
export function rulesOf(world: World, repository: Repository, branch: string, login?: string): readonly RuleOf[] {
  const hold = (one: Ruleset) => login === undefined || !one.bypass.includes(login);
  const here = (one: Ruleset) => one.repository === repository.id && covers(one.branch, branch) && hold(one);
  return world.state.all("ruleset", here).flatMap((ruleset) => ruleset.rules.map((rule) => ({ ...rule, ruleset })));
}

function covers(pattern: string, branch: string): boolean {
  return pattern.endsWith("/**") ? branch.startsWith(pattern.slice(0, -2)) : pattern === branch;
}

/** The parameters of every rule of a type. */
export function parametersOf(rules: readonly Rule[], type: string): readonly Json[] {
  return rules.filter((rule) => rule.type === type).map(({ parameters }) => parameters ?? {});
}

/** The largest of a number that several rules set; 0 where none does. */
export function most(parameters: readonly Json[], key: string): number {
  return Math.max(0, ...parameters.map((one) => Number(one[key] ?? 0)));
}

/** What GitHub answers to who breaks rules. */
export function violation(sentences: readonly string[]): string {
  return `Repository rule violations found\n\n${sentences.join("\n")}\n\n`;
}
