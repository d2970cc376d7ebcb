import { type Reason, reason } from "../../core/reason.ts";
import { type ImageReference, parseReference } from "../../core/reference.ts";
import { carriesDigest } from "../../core/use/pieces.ts";
import type { Problem, Use, Variable } from "../../core/use/use.ts";
import type { FoundUse } from "../use/found.ts";
import type { Expansion } from "./expand.ts";
import { readDockerfile, type Site } from "./read.ts";
import { templateIn } from "./template.ts";

const MAX_SHOWN = 128;

/** The uses of one Dockerfile in reading order, each with why it cannot be updated, if so. */
export function readUses(
  path: string,
  text: string,
): { readonly found: readonly FoundUse[]; readonly problems: readonly Problem[] } {
  const { sites, problems } = readDockerfile(path, text);
  return { found: sites.map((site) => foundUse("dockerfile", site)), problems };
}

/** The use at a place that names an image. */
export function foundUse(manager: string, { role, text, span, line, platform, expansion }: Site): FoundUse {
  const { variables, pieces = [] } = expansion;
  const resolved = expansion.blocked === undefined ? expansion.text : undefined;
  const reference = resolved === undefined ? undefined : parseReference(resolved);
  const blocked = whyBlocked(expansion, reference);
  const isWritten = blocked === undefined && variables.length > 0;
  const writing = isWritten && { pieces, ...(!carriesDigest(pieces) && ({ carries: "tag" } as const)) };
  const use: Use = {
    manager,
    path: span.path,
    line,
    role,
    text,
    span,
    ...(resolved !== undefined && { resolved }),
    ...(reference && { reference }),
    variables,
    ...writing,
    ...(platform !== undefined && { platform }),
    ...(blocked && { blocked }),
  };
  const [origin] = pieces;
  return { use, ...(origin && blocked === undefined && variables.length === 0 && { origin }) };
}

function whyBlocked(expansion: Expansion, reference: ImageReference | undefined): Use["blocked"] {
  if (expansion.blocked !== undefined) return expansion.blocked;
  if (reference === undefined) {
    const filledIn = templateIn(expansion.text);
    const why =
      filledIn === undefined
        ? reason("invalid-reference")
        : reason("unresolved-variable", filledIn.slice(0, MAX_SHOWN));
    return { state: "unsupported", reason: why };
  }
  const why = whyNotWritten(expansion);
  return why === undefined ? undefined : { state: "held", reason: why };
}

function whyNotWritten({ pieces, computed, variables }: Expansion): Reason | undefined {
  const isWritten = pieces !== undefined && (variables.length > 0 || pieces.length === 1);
  if (isWritten) return undefined;
  // The value of `${NONE:+word}` comes from no variable at all.
  if (computed) return variables.length === 0 ? reason("expanded-arg") : reason("expanded-arg", namesOf(variables));
  return reason("broken-reference");
}

function namesOf(variables: readonly Variable[]): string {
  return [...new Set(variables.map(({ name }) => name))].join(", ");
}
