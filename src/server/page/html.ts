import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { type Reason, sentence } from "../../core/reason.ts";
import { type ImageName, imageKey } from "../../core/reference.ts";
import type { AffectedUse, Exposure } from "../../core/view/exposure.ts";
import { shownState, worstOf } from "../../core/view/exposure.ts";
import type { ExposureClass, NamedRepository, ShownUse } from "../../core/view/view.ts";
import { hrefOf } from "./address.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
export type Cell = Html | string;

/** Text that somebody else wrote: escaped, and kept from changing the direction of the text around it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** The same of a path or a name, which may be broken where its parts meet before it is broken anywhere. */
export function pathText(text: string): Html {
  return html`<bdi>${text.split(/(?<=[/@])/).map((part, at) => (at === 0 ? part : html`<wbr>${part}`))}</bdi>`;
}

/** A link within the page, whose text somebody else wrote. */
export function link(path: string, text: string): Html {
  return html`<a href="${path}"><bdi>${text}</bdi></a>`;
}

export function repositoryLink({ owner, name }: { readonly owner: string; readonly name: string }): Html {
  return link(hrefOf.repository({ owner, name }), `${owner}/${name}`);
}

export function imageLink(image: ImageName): Html {
  return link(hrefOf.image(image), shortName(image));
}

const OFFICIAL = /^docker\.io\/(library\/)?/;

/** An image's name as people write it. */
export function shortName(image: ImageName): string {
  return imageKey(image).replace(OFFICIAL, "");
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
    return html`${exposureBadge("unknown")}${under(sentence(exposure.reason))}`;
  }
  const worst = worstOf(exposure.counts);
  if (worst === undefined) return exposureBadge("none");
  const total = Object.values(exposure.counts).reduce((sum, one) => sum + one, 0);
  return html`${exposureBadge(worst)}${under(count(total, "finding"))}`;
}

export function stateCell({ state, exposure, reason, tag, to }: ShownUse): Html {
  const shown = shownState(state, exposure);
  const next = to === undefined ? "" : `to ${to.tag === tag ? "its newest digest" : (to.tag ?? "a newer one")}`;
  return html`${badge(shown, shown === state ? state : "exposed")} ${whyOf(reason)}${under(next)}`;
}

/** A second line in a cell: what one reads when the first has caught the eye. Nothing where there is nothing. */
export function under(text: Cell): Cell {
  return text === "" ? "" : html`<span class="under">${typeof text === "string" ? pathText(text) : text}</span>`;
}

/** What a use names, and beneath it the digest that it is pinned to, or how it is written where that is not plain. */
export function referenceCell({ image, tag, text }: Pick<ShownUse, "image" | "tag" | "text">): Html {
  if (text === "") return html`<span class="why">not known</span>`;
  if (image === undefined) return pathText(shortDigest(text));
  const name = `${shortName(image)}${tag === undefined ? "" : `:${tag}`}`;
  const [written = "", digest] = text.split("@sha256:");
  const isPlain = written.replace(OFFICIAL, "") === name;
  const pinned = digest === undefined ? "" : shortDigest(`sha256:${digest}`);
  return html`<a href="${hrefOf.image(image)}">${pathText(name)}</a>${under(isPlain ? pinned : `written ${shortDigest(text)}`)}`;
}

/** Where a use stands, where its repository is not plain from the page. */
export function placeCell(
  repository: NamedRepository | AffectedUse,
  place: Pick<ShownUse, "path" | "line" | "base">,
): Html {
  return html`${repositoryLink(repository)}${under(placeText(place))}`;
}

/** Where a use stands in its repository: with its branch, when that is not the default one. */
export function placeText({ path, line, base }: Pick<ShownUse, "path" | "line" | "base">): string {
  return base === undefined ? `${path}:${line}` : `${path}:${line} on ${base}`;
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

/** One of several ways to look at a list. */
export function choice(isChosen: boolean, href: string, word: string): Html {
  return html`<a href="${href}"${isChosen ? html` aria-current="true"` : ""}>${word}</a> `;
}

/** `1 use`, `1,234 uses`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
