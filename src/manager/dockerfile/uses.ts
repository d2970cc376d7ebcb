import { type Reason, reason } from "../../core/reason.ts";
import { type ImageReference, parseReference } from "../../core/reference.ts";
import type { Problem, Use, Variable } from "../../core/use/use.ts";
import type { FoundUse } from "../found-use.ts";
import type { Expansion } from "./expand.ts";
import { readDockerfile, type Site } from "./read.ts";

/** The uses of one Dockerfile in reading order, each with why it cannot be updated, if so. */
export function readUses(
  path: string,
  text: string,
): { readonly found: readonly FoundUse[]; readonly problems: readonly Problem[] } {
  const { sites, problems } = readDockerfile(path, text);
  const shared = sharedVariables(sites);
  return { found: sites.map((site) => foundUse(site, shared)), problems };
}

/** The variables through which more than one image is read. The same image twice is one: it moves as one. */
function sharedVariables(sites: readonly Site[]): ReadonlySet<Variable> {
  const shared = new Set<Variable>();
  const readers = new Map<Variable, string>();
  for (const { expansion } of sites) {
    for (const variable of expansion.variables) {
      const other = readers.get(variable);
      if (other === undefined) readers.set(variable, expansion.text);
      else if (other !== expansion.text) shared.add(variable);
    }
  }
  return shared;
}

function foundUse(site: Site, shared: ReadonlySet<Variable>): FoundUse {
  const { role, text, span, line, platform, expansion } = site;
  const { variables, origin } = expansion;
  const resolved = expansion.blocked === undefined ? expansion.text : undefined;
  const reference = resolved === undefined ? undefined : parseReference(resolved);
  const blocked = whyBlocked(expansion, reference, shared);
  const use: Use = {
    manager: "dockerfile",
    path: span.path,
    line,
    role,
    text,
    span,
    ...(resolved !== undefined && { resolved }),
    ...(reference && { reference }),
    variables,
    ...(platform !== undefined && { platform }),
    ...(blocked && { blocked }),
  };
  return { use, ...(origin && blocked === undefined && { origin }) };
}

function whyBlocked(
  expansion: Expansion,
  reference: ImageReference | undefined,
  shared: ReadonlySet<Variable>,
): Use["blocked"] {
  if (expansion.blocked !== undefined) return expansion.blocked;
  if (reference === undefined) return { state: "unsupported", reason: reason("invalid-reference") };
  const names = namesOf(expansion.variables.filter((variable) => shared.has(variable)));
  if (names !== "") return { state: "held", reason: reason("shared-arg", names) };
  const why = whyNotWritten(expansion);
  return why === undefined ? undefined : { state: "held", reason: why };
}

function whyNotWritten({ form, variables }: Expansion): Reason | undefined {
  switch (form) {
    case "whole":
      return undefined;
    case "broken":
      return reason("broken-reference");
    case "composed":
      return reason("partial-arg", namesOf(variables));
    case "computed":
      // The value of `${NONE:+word}` comes from no variable at all.
      return variables.length === 0 ? reason("expanded-arg") : reason("expanded-arg", namesOf(variables));
  }
}

function namesOf(variables: readonly Variable[]): string {
  return [...new Set(variables.map(({ name }) => name))].join(", ");
}
