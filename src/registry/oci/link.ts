import { AppError } from "../../core/errors.ts";
import type { Answer } from "./question.ts";

/**
 * Path and query of the page that the answer's Link header (RFC 8288) calls the next one; `undefined` on the last page.
 * INPUT when it is at another origin than the registry's.
 */
export function nextPage({ headers, url, foreign, host }: Answer): string | undefined {
  const links = [headers.link ?? []].flat().flatMap((line) => [...line.matchAll(/<([^<>]*)>([^<>]*)/g)]);
  const target = links.find(([, , parameters = ""]) => /;\s*rel="?next"?(?:[\s;,]|$)/i.test(parameters))?.[1];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, url.href)) throw new AppError("INPUT", `${host} names no usable next page`);
  const next = new URL(target, url);
  if (foreign || next.origin !== url.origin) throw new AppError("INPUT", `${host} names a next page at another origin`);
  return next.pathname + next.search;
}
