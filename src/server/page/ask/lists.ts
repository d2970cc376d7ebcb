import type { UseState } from "../../../core/plan/update.ts";
import { isVulnerabilityId } from "../../../core/view/exposure.ts";
import { EXPOSURE_CLASSES, type ExposureClass } from "../../../core/view/view.ts";
import { hrefOf } from "../address.ts";
import { ledgerPage } from "../ledger.ts";
import { imagesPage, pullsPage, repositoriesPage, rolloutsPage, usesPage } from "../list-pages.ts";
import { overviewPage } from "../overview.ts";
import { searchPage } from "../search.ts";
import { keyOf } from "../words.ts";
import { type Asked, few, lookingOf, namesOf, type Page, type PageParts, queryOf, sliceOf } from "./asked.ts";

export async function overview(context: Asked, parts: PageParts): Promise<Page> {
  const { views } = parts.store;
  const { viewer } = context.var;
  const summary = await views.summary(lookingOf(context, parts));
  const open = await views.pulls(viewer, { state: "open" }, few);
  const rolling = await views.rollouts(viewer, {}, few);
  const ids = [...open.shown.map((one) => one.repository), ...rolling.shown.map(({ target }) => target.repository)];
  const names = await namesOf(parts, context, ids);
  return {
    title: "Overview",
    body: overviewPage({
      ...{ summary, pulls: open, rollouts: rolling, names },
      ...{ isWhole: viewer === "all", isReported: parts.isReported ?? true },
    }),
  };
}

const STATES: readonly UseState[] = ["unknown", "current", "update", "held", "unsupported", "auth-failed"];

export async function uses(context: Asked, parts: PageParts): Promise<Page> {
  const state = STATES.find((one) => one === context.req.query("state"));
  const exposure = EXPOSURE_CLASSES.find((one: ExposureClass) => one === context.req.query("exposure"));
  const reason = queryOf(context, "reason");
  const filter = { ...(state && { state }), ...(exposure && { exposure }), ...(reason && { reason }) };
  const slice = sliceOf(context);
  const list = await parts.store.views.uses({ ...lookingOf(context, parts), ...filter }, slice);
  return { title: "Uses", body: usesPage(list, filter, slice) };
}

export async function repositories(context: Asked, parts: PageParts): Promise<Page> {
  const [q, slice] = [queryOf(context, "q"), sliceOf(context)];
  const list = await parts.store.views.repositories(lookingOf(context, parts), slice, q);
  return { title: "Repositories", body: repositoriesPage(list, slice, q === undefined ? {} : { q }) };
}

export async function images(context: Asked, parts: PageParts): Promise<Page> {
  const [q, slice] = [queryOf(context, "q"), sliceOf(context)];
  const list = await parts.store.views.images(lookingOf(context, parts), slice, q);
  return { title: "Images", body: imagesPage(list, slice, q === undefined ? {} : { q }) };
}

export async function pulls(context: Asked, parts: PageParts): Promise<Page> {
  const { views } = parts.store;
  const state = (["open", "merged", "closed"] as const).find((one) => one === context.req.query("state"));
  const of = queryOf(context, "repository");
  const [owner = "", name = ""] = of?.split("/") ?? [];
  const chosen = of === undefined ? undefined : await views.repository(context.var.viewer, owner, name);
  const slice = sliceOf(context);
  const wanted = { ...(state && { state }), ...(chosen && { repository: chosen }) };
  const isNowhere = of !== undefined && chosen === undefined;
  const list = isNowhere ? { shown: [], total: 0 } : await views.pulls(context.var.viewer, wanted, slice);
  const names = await namesOf(
    parts,
    context,
    list.shown.map((one) => one.repository),
  );
  const query = { ...(state && { state }), ...(of && { repository: of }) };
  return { title: "Pull requests", body: pullsPage(list, names, slice, query) };
}

export async function rollouts(context: Asked, parts: PageParts): Promise<Page> {
  const slice = sliceOf(context);
  const list = await parts.store.views.rollouts(context.var.viewer, {}, slice);
  const names = await namesOf(
    parts,
    context,
    list.shown.map(({ target }) => target.repository),
  );
  return { title: "Rollouts", body: rolloutsPage(list, names, slice) };
}

export async function ledger(context: Asked, parts: PageParts): Promise<Page> {
  const { views } = parts.store;
  const { viewer } = context.var;
  const subject = queryOf(context, "subject") ?? "";
  const slice = sliceOf(context);
  const entries = await views.ledger(viewer, subject === "" ? {} : { beginning: subject }, slice);
  const keys = new Set(entries.shown.flatMap((entry) => keyOf(entry.subject) ?? []));
  const names = await views.names(viewer, [...keys]);
  const isWhole = viewer === "all";
  return { title: "Ledger", body: ledgerPage({ entries, slice, subject, names, isWhole }) };
}

export async function search(context: Asked, parts: PageParts): Promise<Page> {
  const query = queryOf(context, "q") ?? "";
  const looking = lookingOf(context, parts);
  // An id that is plainly one, and not the name of an image or repository, needs no list in between.
  if (/^(CVE|GHSA|DSA|DLA|ALSA|ALPINE-CVE|DEBIAN-CVE|UBUNTU-CVE|USN)-/i.test(query) && isVulnerabilityId(query)) {
    return { title: "", body: "", to: hrefOf.vulnerability(query.toUpperCase()) };
  }
  const none = { shown: [], total: 0 };
  const repositories = query === "" ? none : await parts.store.views.repositories(looking, few, query);
  const images = query === "" ? none : await parts.store.views.images(looking, few, query);
  return { title: `Search: ${query}`, body: searchPage({ query, repositories, images }) };
}
