import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { UseState } from "../../core/plan/update.ts";
import { type Reason, sentence } from "../../core/reason.ts";
import { type ImageName, imageKey } from "../../core/reference.ts";
import type { Exposure } from "../../core/view/exposure.ts";
import { shownState, worstOf } from "../../core/view/exposure.ts";
import type { ExposureClass } from "../../core/view/view.ts";
import { hrefOf } from "./address.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
export type Cell = Html | string;

/** Text that somebody else wrote: escaped, and kept from changing the direction of the text around it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** The same, and nothing at all where there is none. */
export function foreignOr(text: string): Cell {
  return text === "" ? "" : foreign(text);
}

/** A link within the page, whose text somebody else wrote. */
export function link(path: string, text: string): Html {
  return html`<a href="${path}"><bdi>${text}</bdi></a>`;
}

export function repositoryLink({ owner, name }: { readonly owner: string; readonly name: string }): Html {
  return link(hrefOf.repository({ owner, name }), `${owner}/${name}`);
}

export function imageLink(image: ImageName): Html {
  return link(hrefOf.image(image), imageKey(image).replace(/^docker\.io\/(library\/)?/, ""));
}

/** A word about a state, told apart by more than its colour. */
export function badge(state: string, tone = state): Html {
  return html`<span class="badge ${tone.replaceAll(/[^a-z]+/g, "-")}">${state}</span>`;
}

export const EXPOSURE_WORDS: Readonly<Record<ExposureClass, string>> = {
  "known-exploited": "known exploited",
  critical: "critical",
  high: "high",
  normal: "medium or less",
  unknown: "not known",
  none: "nothing found",
};

export function exposureBadge(exposure: ExposureClass): Html {
  return html`<span class="chip ${exposure}">${EXPOSURE_WORDS[exposure]}</span>`;
}

/** The worst that was found, and how much of everything. */
export function exposureCell(exposure: Exposure): Html {
  if (exposure.state === "unknown") {
    return html`${exposureBadge("unknown")} <span class="why">${foreign(sentence(exposure.reason))}</span>`;
  }
  const worst = worstOf(exposure.counts);
  if (worst === undefined) return exposureBadge("none");
  const total = Object.values(exposure.counts).reduce((sum, one) => sum + one, 0);
  return html`${exposureBadge(worst)} <span class="why">${count(total, "finding")}</span>`;
}

export function stateCell(state: UseState, exposure: Exposure, why: Reason | undefined): Html {
  const shown = shownState(state, exposure);
  return html`${badge(shown, shown === state ? state : "exposed")} ${whyOf(why)}`;
}

export function whyOf(reason: Reason | undefined): Cell {
  return reason === undefined ? "" : html`<span class="why">${foreign(sentence(reason))}</span>`;
}

export function time(at: string | number, isExact = false): Html {
  const text = new Date(at).toISOString();
  return html`<time datetime="${text}">${text.slice(0, isExact ? 19 : 16).replace("T", " ")}</time>`;
}

/** Enough of a digest to tell it from another by eye. */
export function shortDigest(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
}

/** `1 use`, `1,234 uses`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
