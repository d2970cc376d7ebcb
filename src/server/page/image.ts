import { html } from "hono/html";
import { isGone } from "../../core/plan/observation.ts";
import { sentence } from "../../core/reason.ts";
import { type Digest, imageKey } from "../../core/reference.ts";
import type { Finding } from "../../core/verdict/finding.ts";
import { urgencyOfFinding } from "../../core/view/exposure.ts";
import type { ImageDetail, ShownUse } from "../../core/view/view.ts";
import type { Listed, Slice } from "../../core/view/viewer.ts";
import { hrefOf } from "./address.ts";
import {
  badge,
  type Cell,
  count,
  exposureBadge,
  exposureCell,
  foreign,
  type Html,
  link,
  shortDigest,
  time,
} from "./html.ts";
import { some, USE_COLUMNS, useRow } from "./rows.ts";
import { pager, type Row, section } from "./table.ts";

export interface ImageView {
  readonly detail: ImageDetail;
  readonly uses: Listed<ShownUse>;
  readonly slice: Slice;
  /** The digest whose findings are shown. */
  readonly digest?: Digest;
  readonly findings: Listed<Finding>;
  readonly findingSlice: Slice;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function imagePage(view: ImageView): Html {
  const { detail, uses, slice } = view;
  return html`<h1>${foreign(imageKey(detail.image))}</h1>
<p class="lead">${detail.problem === undefined ? `${count(uses.total, "use")}, ${count(detail.tags.length, "tag")} followed.` : foreign(`The registry could not say: ${sentence(detail.problem)}.`)}</p>
${section({
  title: "Tags",
  columns: ["Tag", "Names", "First seen", "There for", { number: "Uses" }],
  rows: detail.tags.map((tag) => tagRow(view, tag)),
  empty: "No use follows a tag of it.",
})}
${section({
  title: "In use now",
  columns: ["Digest", "Exposure", "Scanned", { number: "Uses" }],
  rows: detail.digests.map((one) => digestRow(view, one)),
  empty: "Nobody knows yet which digests its tags name.",
})}
${view.digest === undefined ? "" : findingsOf(view, view.digest)}
${section({
  title: "Used by",
  columns: USE_COLUMNS,
  rows: uses.shown.map((use) => useRow(use, "anywhere")),
  empty: "Nobody.",
  note: pager(uses, slice, hrefOf.image(detail.image)),
})}`;
}

function tagRow({ detail, now }: ImageView, { tag, uses, observation, problem }: ImageDetail["tags"][number]): Row {
  if (observation === undefined) {
    const why = problem === undefined ? "not asked about yet" : sentence(problem.reason);
    return [foreign(tag), badge("unknown"), "", foreign(why), some(uses)];
  }
  const names = isGone(observation) ? badge("gone", "auth-failed") : digestLink(detail, observation.digest);
  return [foreign(tag), names, time(observation.firstSeen), dwell(now - observation.firstSeen), some(uses)];
}

function digestLink({ image }: ImageDetail, digest: Digest): Html {
  return html`<a class="mono" href="${hrefOf.digest(image, digest)}#findings">${shortDigest(digest)}</a>`;
}

function digestRow({ detail, digest: shown }: ImageView, one: ImageDetail["digests"][number]): Row {
  const { digest, uses, exposure } = one;
  return [
    html`${digestLink(detail, digest)}${digest === shown ? " (shown below)" : ""}`,
    exposureCell(exposure),
    exposure.state === "scanned" ? time(exposure.at) : "",
    some(uses),
  ];
}

function findingsOf({ detail, findings, findingSlice }: ImageView, digest: Digest): Cell {
  return section({
    title: "Findings",
    lead: html`<p class="lead">In <code>${digest}</code>, by our own scan.</p>`,
    columns: ["Vulnerability", "Urgency", "Package", "Installed", "Fixed in"],
    rows: findings.shown.map(findingRow),
    empty: "Nothing was found, or it has not been scanned yet.",
    note: pager(findings, findingSlice, hrefOf.image(detail.image), { digest }),
  });
}

function findingRow(finding: Finding): Row {
  return [
    link(hrefOf.vulnerability(finding.id), finding.id),
    exposureBadge(urgencyOfFinding(finding)),
    foreign(finding.package),
    foreign(finding.installed),
    finding.fixed.length === 0 ? "no fix yet" : foreign(finding.fixed.join(", ")),
  ];
}

/** How long, as far as people care. */
function dwell(milliseconds: number): string {
  const hours = Math.max(0, Math.floor(milliseconds / 3_600_000));
  if (hours < 1) return "less than an hour";
  return hours < 48 ? count(hours, "hour") : count(Math.floor(hours / 24), "day");
}
