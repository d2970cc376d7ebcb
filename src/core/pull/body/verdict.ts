import { type Reason, sentence } from "../../reason.ts";
import { escapeText } from "../../text/markdown.ts";
import { isUnfinished } from "../../verdict/judge.ts";
import type { Evidence, Verdict } from "../../verdict/verdict.ts";

const MAX_REASONS = 5;
const MAX_REASON = 400;

/** What the verdict means for a person, in one glance. */
export function verdictLine(verdict: Verdict | undefined, { base, gate }: Evidence): string {
  if (verdict === undefined) return alert("NOTE", "Being checked.", ["The build and the scan have not started yet."]);
  const reasons = verdict.reasons.slice(0, MAX_REASONS).map(reasonText);
  if (isUnfinished(verdict)) return alert("NOTE", "Being checked.", reasons);
  if (verdict.state === "fail") return alert("CAUTION", "Do not merge.", reasons);
  if (verdict.state === "held") return alert("WARNING", "Not known to be safe.", reasons);
  const place = base === "on-new-base" ? "Rebuilt on the new base" : "Rebuilt";
  return `**Ready.** ${place} and scanned: no finding of severity ${gate.failOn} or worse is introduced.`;
}

/** The reason as a sentence of its own. */
export function reasonText(reason: Reason): string {
  const text = sentence(reason);
  return `${escapeText(text.charAt(0).toUpperCase() + text.slice(1), MAX_REASON)}.`;
}

/** A block that GitHub sets off in colour. */
function alert(kind: "NOTE" | "WARNING" | "CAUTION", title: string, sentences: readonly string[]): string {
  return `> [!${kind}]\n> **${title}** ${sentences.join(" ")}`;
}
