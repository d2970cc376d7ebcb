import { AppError } from "../../core/errors.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** Where a redirect leads (RFC 9110 section 10.2.2). INPUT when it says nothing usable, DENIED from https to http. */
export function redirectTarget(from: URL, location: string | readonly string[] | undefined): URL {
  if (typeof location !== "string" || !URL.canParse(location, from.href)) {
    throw new AppError("INPUT", `${from.host} redirects without saying where`);
  }
  const target = new URL(location, from);
  if (from.protocol === "https:" && target.protocol !== "https:") {
    throw new AppError("DENIED", `${from.host} redirects from https to something else`);
  }
  return target;
}
