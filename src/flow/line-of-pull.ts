import type { Line } from "../core/line.ts";
import type { PullRecord } from "../core/pull/pull.ts";
import { isNamed } from "../store/inverted-index.ts";
import type { Tables } from "../store/store.ts";

/**
 * Tells the pulls of one line from those of the others, by their base. What goes into no line any more is the default branch's
 * to look after: it closes them.
 */
export async function goesInto({ index }: Pick<Tables, "index">, line: Line): Promise<(base: string) => boolean> {
  if (line.base !== undefined) return (base) => base === line.base;
  const others = new Set((await index.lines(line)).filter(isNamed).map(({ base }) => base));
  return (base) => !others.has(base);
}

/** Our pulls of one line, newest first. */
export async function ownPullsOf(tables: Pick<Tables, "index" | "pulls">, line: Line): Promise<readonly PullRecord[]> {
  const isOwn = await goesInto(tables, line);
  return (await tables.pulls.list(line)).filter(({ base }) => isOwn(base));
}
