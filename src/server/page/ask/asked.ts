import type { Context } from "hono";
import { type RepositoryId, repositoryKey } from "../../../core/repository.ts";
import { STALE_SCAN } from "../../../core/view/exposure.ts";
import type { Looking } from "../../../core/view/view.ts";
import type { Slice } from "../../../core/view/viewer.ts";
import type { WriteLimits } from "../../../core/write/window.ts";
import type { Store } from "../../../store/store.ts";
import type { Watched } from "../../audience.ts";
import type { Cell } from "../html.ts";

/** What pages are made of. */
export interface PageParts {
  readonly store: Store;
  /** `false`: the operator named no repository for the report issue, which people would look for. */
  readonly isReported?: boolean;
  /** What GitHub lets an installation write, if it limits that. */
  readonly limits?: WriteLimits;
  /** Milliseconds since the epoch. */
  now(): number;
}

export type Asked = Context<Watched>;

/** What is found at an address. */
export interface Page {
  readonly title: string;
  readonly body: Cell;
  /** Where to look instead. */
  readonly to?: string;
}

/** Finds what is shown at an address; `undefined` where there is nothing, or nothing that the viewer may see. */
export type FindPage = (context: Asked, parts: PageParts) => Promise<Page | undefined>;

/** Rows of a list on its own page, and of one that is a part of a page. */
const ROWS = 50;
export const FEW = 10;
/** Pages that one can turn to: beyond them one searches or filters. */
const LAST_PAGE = 1000;

export const few: Slice = { offset: 0, limit: FEW };

export function lookingOf(context: Asked, { now }: PageParts): Looking {
  return { viewer: context.var.viewer, freshSince: now() - STALE_SCAN };
}

/** The part of a list that is asked for: the first where the question makes no sense. */
export function sliceOf(context: Asked): Slice {
  const page = Number(/^[1-9]\d{0,3}$/.exec(context.req.query("page") ?? "")?.[0] ?? 1);
  return { offset: (Math.min(page, LAST_PAGE) - 1) * ROWS, limit: ROWS };
}

export function queryOf(context: Asked, name: string): string | undefined {
  const text = context.req.query(name)?.trim().slice(0, 300);
  return text === "" ? undefined : text;
}

export function namesOf({ store }: PageParts, context: Asked, ids: readonly RepositoryId[]) {
  return store.views.names(context.var.viewer, [...new Set(ids.map(repositoryKey))]);
}
