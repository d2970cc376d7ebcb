import type { Context, Hono } from "hono";
import type { UseState } from "../core/plan/update.ts";
import type { PullRecord } from "../core/pull/pull.ts";
import { type Digest, type ImageName, imageKey } from "../core/reference.ts";
import { type RepositoryId, repositoryKey } from "../core/repository.ts";
import { formatTime } from "../core/text/time-text.ts";
import { affectednesses, isVulnerabilityId, STALE_SCAN } from "../core/view/exposure.ts";
import { EXPOSURE_CLASSES, type ExposureClass, type Looking } from "../core/view/view.ts";
import type { Slice } from "../core/view/viewer.ts";
import { backlogText } from "../core/write/budget.ts";
import type { WriteLimits } from "../core/write/window.ts";
import { pullSubject } from "../flow/conversation/refusal.ts";
import { pauses } from "../flow/pause/pause.ts";
import { ORGANISATION_ORIGIN } from "../flow/read/config.ts";
import type { Store } from "../store/store.ts";
import type { Audience, Watched } from "./audience.ts";
import { hrefOf } from "./page/address.ts";
import type { Cell } from "./page/html.ts";
import { imagePage } from "./page/image.ts";
import { type Frame, layout } from "./page/layout.ts";
import { ledgerPage } from "./page/ledger.ts";
import { imagesPage, pullsPage, repositoriesPage, rolloutsPage, usesPage } from "./page/list-pages.ts";
import { missingPage } from "./page/missing.ts";
import { overviewPage } from "./page/overview.ts";
import { pullPage } from "./page/pull.ts";
import { repositoryPage } from "./page/repository.ts";
import { searchPage } from "./page/search.ts";
import { ICON, PAGE_STYLE } from "./page/style.ts";
import { vulnerabilityPage } from "./page/vulnerability.ts";
import { isAside, keyOf } from "./page/words.ts";

export interface PageParts {
  readonly store: Store;
  /** `false`: the operator named no repository for the report issue, which people would look for. */
  readonly isReported?: boolean;
  /** What GitHub lets an installation write, if it limits that. */
  readonly limits?: WriteLimits;
  /** Milliseconds since the epoch. */
  now(): number;
}

type Asked = Context<Watched>;

/** Rows of a list on its own page, and of one that is a part of a page. */
const ROWS = 50;
const FEW = 10;
/** Pages that one can turn to: beyond them one searches or filters. */
const LAST_PAGE = 1000;
const MOST_FACTS = 200;

/** Every page that a person looks at. Each tells of what its viewer may read, and of nothing else. */
export function addPages(routes: Hono<Watched>, parts: PageParts, audience: Audience): void {
  const pages: Readonly<Record<string, (context: Asked, parts: PageParts) => Promise<Page | undefined>>> = {
    "/": overview,
    "/uses": uses,
    "/repositories": repositories,
    "/repositories/:owner/:name": repository,
    "/repositories/:owner/:name/pulls/:number{[1-9][0-9]{0,9}}": pull,
    "/images": images,
    "/images/:registry/:repository{.+}": image,
    "/pulls": pulls,
    "/rollouts": rollouts,
    "/ledger": ledger,
    "/search": search,
    "/vulnerabilities/:id": vulnerability,
  };
  routes.get("/page.css", audience.assets, (context) => asset(context, PAGE_STYLE, "text/css; charset=utf-8"));
  routes.get("/icon.svg", audience.assets, (context) => asset(context, ICON, "image/svg+xml"));
  for (const [path, find] of Object.entries(pages)) {
    routes.get(path, audience.pages, async (context) => {
      const page = (await find(context, parts)) ?? missing;
      if (page.to !== undefined) return context.redirect(page.to);
      const frame = await frameOf(context, parts);
      return context.html(layout(frame, page.title, page.body), page === missing ? 404 : 200);
    });
  }
}

interface Page {
  readonly title: string;
  readonly body: Cell;
  /** Where to look instead. */
  readonly to?: string;
}

const missing: Page = { title: "Not found", body: missingPage() };

function asset(context: Context, text: string, type: string): Response {
  return context.body(text, 200, { "content-type": type, "cache-control": "private, max-age=300" });
}

async function frameOf(context: Asked, parts: PageParts): Promise<Frame> {
  const { login, formToken } = context.var;
  const query = context.req.path === "/search" ? context.req.query("q") : undefined;
  return {
    path: context.req.path,
    ...(query !== undefined && { query: query.slice(0, 200) }),
    ...(login !== undefined && { login }),
    ...(formToken !== undefined && { formToken }),
    notices: [...(await pauseNotices(context, parts)), ...(await backlogNotices(context, parts))],
  };
}

/** Whose account is paused is for who sees all of them. */
async function pauseNotices(context: Asked, { store }: PageParts): Promise<readonly string[]> {
  const standing = (await pauses(store)).filter(({ account }) => account === undefined || context.var.viewer === "all");
  return standing.map(({ account, by, since, why }) => {
    return `Paused${account === undefined ? "" : ` for ${account}`} since ${since} by ${by}${why === undefined ? "" : `: ${why}`}. Nothing new starts.`;
  });
}

/** What waits for GitHub's limits, of all installations: for who sees all of them. */
async function backlogNotices(context: Asked, { store, limits, now }: PageParts): Promise<readonly string[]> {
  if (context.var.viewer !== "all") return [];
  const backlogs = await store.budgets.backlogs(limits, now());
  return backlogs.flatMap((backlog) => {
    const paused =
      backlog.pausedUntil > now() ? [`GitHub asked for a pause until ${formatTime(backlog.pausedUntil)}`] : [];
    const text = [backlogText(backlog), ...paused].filter((part) => part !== "").join("; ");
    return text === "" ? [] : [`Installation ${backlog.installation}: ${text}.`];
  });
}

function lookingOf(context: Asked, { now }: PageParts): Looking {
  return { viewer: context.var.viewer, freshSince: now() - STALE_SCAN };
}

/** The part of a list that is asked for: the first where the question makes no sense. */
function sliceOf(context: Asked): Slice {
  const page = Number(/^[1-9]\d{0,3}$/.exec(context.req.query("page") ?? "")?.[0] ?? 1);
  return { offset: (Math.min(page, LAST_PAGE) - 1) * ROWS, limit: ROWS };
}

const few: Slice = { offset: 0, limit: FEW };

function queryOf(context: Asked, name: string): string | undefined {
  const text = context.req.query(name)?.trim().slice(0, 300);
  return text === "" ? undefined : text;
}

function namesOf({ store }: PageParts, context: Asked, ids: readonly RepositoryId[]) {
  return store.views.names(context.var.viewer, [...new Set(ids.map(repositoryKey))]);
}

async function overview(context: Asked, parts: PageParts): Promise<Page> {
  const { views } = parts.store;
  const { viewer } = context.var;
  const summary = await views.summary(lookingOf(context, parts));
  const open = await views.pulls(viewer, { state: "open" }, few);
  const rolling = await views.rollouts(viewer, {}, few);
  const ids = [...open.shown.map((one) => one.repository), ...rolling.shown.map(({ target }) => target.repository)];
  const names = await namesOf(parts, context, ids);
  return {
    title: "Overview",
    body: overviewPage({ summary, pulls: open, rollouts: rolling, names, isReported: parts.isReported ?? true }),
  };
}

const STATES: readonly UseState[] = ["unknown", "current", "update", "held", "unsupported", "auth-failed"];

async function uses(context: Asked, parts: PageParts): Promise<Page> {
  const state = STATES.find((one) => one === context.req.query("state"));
  const exposure = EXPOSURE_CLASSES.find((one: ExposureClass) => one === context.req.query("exposure"));
  const reason = queryOf(context, "reason");
  const filter = { ...(state && { state }), ...(exposure && { exposure }), ...(reason && { reason }) };
  const slice = sliceOf(context);
  const list = await parts.store.views.uses({ ...lookingOf(context, parts), ...filter }, slice);
  return { title: "Uses", body: usesPage(list, filter, slice) };
}

async function repositories(context: Asked, parts: PageParts): Promise<Page> {
  const [q, slice] = [queryOf(context, "q"), sliceOf(context)];
  const list = await parts.store.views.repositories(lookingOf(context, parts), slice, q);
  return { title: "Repositories", body: repositoriesPage(list, slice, q === undefined ? {} : { q }) };
}

function findRepository(context: Asked, { store }: PageParts) {
  return store.views.repository(context.var.viewer, context.req.param("owner") ?? "", context.req.param("name") ?? "");
}

async function repository(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views, ledger } = parts.store;
  const found = await findRepository(context, parts);
  if (found === undefined) return undefined;
  const slice = sliceOf(context);
  const { viewer } = context.var;
  const key = repositoryKey(found);
  const told = await ledger.newest(`repo:${key}`, "configuration reported");
  const problems = (Array.isArray(told?.data.problems) ? told.data.problems.map(String) : [])
    // They quote a file that may be more private than this repository.
    .filter((problem) => viewer === "all" || !problem.startsWith(ORGANISATION_ORIGIN));
  const body = repositoryPage({
    repository: found,
    uses: await views.uses({ ...lookingOf(context, parts), repository: found }, slice),
    slice,
    pulls: await views.pulls(viewer, { repository: found }, few),
    rollouts: await views.rollouts(viewer, { repository: found }, few),
    problems: problems.slice(0, FEW),
    subject: `repo:${key}`,
    names: new Map([[key, found]]),
  });
  return { title: `${found.owner}/${found.name}`, body };
}

async function pull(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views } = parts.store;
  const { viewer } = context.var;
  const found = await findRepository(context, parts);
  if (found === undefined) return undefined;
  const number = Number(context.req.param("number"));
  const [own] = (await views.pulls(viewer, { repository: found, number }, few)).shown;
  if (own === undefined) return undefined;
  const subject = pullSubject(own);
  const targets = await rolloutsOf(parts, viewer, own);
  const key = repositoryKey(found);
  const subjects = [
    subject,
    ...(own.merge === undefined ? [] : [`release:${key}@${own.merge}`]),
    ...targets.map(({ target }) => `target:${key}/${target.environment}/${target.name}`),
  ];
  const all = await views.ledger(viewer, { subjects }, { offset: 0, limit: MOST_FACTS });
  const isOwn = ({ subject: about, cause }: { readonly subject: string; readonly cause: string }) =>
    !about.startsWith("target:") || targets.some(({ id }) => cause.startsWith(id));
  const facts = all.shown.filter((one) => isOwn(one) && !isAside(one)).toReversed();
  const isCut = all.total > all.shown.length;
  return {
    title: own.title,
    body: pullPage({ repository: found, pull: own, facts, isCut, subject, now: parts.now() }),
  };
}

async function rolloutsOf({ store }: PageParts, viewer: Looking["viewer"], { repository: id, merge }: PullRecord) {
  if (merge === undefined) return [];
  const all = await store.views.rollouts(viewer, { repository: id }, { offset: 0, limit: MOST_FACTS });
  return all.shown.filter(({ release }) => release.merge === merge);
}

async function images(context: Asked, parts: PageParts): Promise<Page> {
  const [q, slice] = [queryOf(context, "q"), sliceOf(context)];
  const list = await parts.store.views.images(lookingOf(context, parts), slice, q);
  return { title: "Images", body: imagesPage(list, slice, q === undefined ? {} : { q }) };
}

async function image(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views } = parts.store;
  const looking = lookingOf(context, parts);
  const name: ImageName = {
    registry: context.req.param("registry") ?? "",
    repository: context.req.param("repository") ?? "",
  };
  const detail = await views.image(looking, name);
  if (detail === undefined) return undefined;
  const digest = digestOf(context.req.query("digest"));
  const slice = sliceOf(context);
  // One list of a page is turned at a time.
  const [useSlice, findingSlice] = digest === undefined ? [slice, few] : [few, slice];
  const findings =
    digest === undefined
      ? { shown: [], total: 0 }
      : await views.findings(looking.viewer, { image: name, digest, ...findingSlice });
  const list = await views.uses({ ...looking, image: name }, useSlice);
  const view = { detail, uses: list, slice: useSlice, findings, findingSlice, now: parts.now() };
  return { title: imageKey(name), body: imagePage({ ...view, ...(digest && { digest }) }) };
}

function digestOf(text: string | undefined): Digest | undefined {
  return text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

async function pulls(context: Asked, parts: PageParts): Promise<Page> {
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

async function rollouts(context: Asked, parts: PageParts): Promise<Page> {
  const slice = sliceOf(context);
  const list = await parts.store.views.rollouts(context.var.viewer, {}, slice);
  const names = await namesOf(
    parts,
    context,
    list.shown.map(({ target }) => target.repository),
  );
  return { title: "Rollouts", body: rolloutsPage(list, names, slice) };
}

async function ledger(context: Asked, parts: PageParts): Promise<Page> {
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

async function search(context: Asked, parts: PageParts): Promise<Page> {
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

async function vulnerability(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const id = context.req.param("id") ?? "";
  if (!isVulnerabilityId(id)) return undefined;
  const all = context.req.query("all") !== undefined;
  const slice = sliceOf(context);
  const states = affectednesses.filter((state) => all || state !== "not-affected");
  const affected = await parts.store.exposures.affected(id, { ...lookingOf(context, parts), states, ...slice });
  return { title: id.toUpperCase(), body: vulnerabilityPage({ id, affected, slice, all }) };
}
