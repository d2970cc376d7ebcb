import type { Context, Hono } from "hono";
import { limitsText } from "../core/write/budget.ts";
import { pauses } from "../flow/pause/pause.ts";
import type { Audience, Watched } from "./audience.ts";
import type { Asked, FindPage, Page, PageParts } from "./page/ask/asked.ts";
import { images, ledger, overview, pulls, repositories, rollouts, search, uses } from "./page/ask/lists.ts";
import { image, pull, repository, vulnerability } from "./page/ask/one.ts";
import { type Frame, layout } from "./page/layout.ts";
import { missingPage } from "./page/missing.ts";
import { ICON, PAGE_STYLE } from "./page/style.ts";

/** Every page that a person looks at. Each tells of what its viewer may read, and of nothing else. */
export function addPages(routes: Hono<Watched>, parts: PageParts, audience: Audience): void {
  const pages: Readonly<Record<string, FindPage>> = {
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
    routes.get(path, audience.pages, async (context) => show(context, parts, await find(context, parts)));
  }
  routes.get("*", async (context, next) => (isForProgram(context) ? context.notFound() : next()));
  routes.get("*", audience.pages, (context) => show(context, parts, undefined));
}

async function show(context: Asked, parts: PageParts, found: Page | undefined): Promise<Response> {
  if (found === undefined && isForProgram(context)) return context.notFound();
  const { title, body, to } = found ?? missing;
  if (to !== undefined) return context.redirect(to);
  return context.html(layout(await frameOf(context, parts), title, body), found === undefined ? 404 : 200);
}

/** Whether it is no person who asks: below `/api/`, or for JSON and not for a page. */
function isForProgram({ req }: Context): boolean {
  const accept = req.header("accept") ?? "";
  return /^\/api(\/|$)/.test(req.path) || (/\bjson\b/.test(accept) && !/\bhtml\b/.test(accept));
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
  const backlogs = await store.budgets.backlogs(() => limits, now());
  return backlogs.flatMap((backlog) => {
    const text = limitsText(backlog, now());
    return text === "" ? [] : [`Installation ${backlog.installation}: ${text}.`];
  });
}
