import { AppError } from "../../core/errors.ts";
import type { Challenge } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import { publicRealms } from "./public-registries.ts";

/** Hosts of token servers outside their registry's domain, by registry. */
export type TrustedRealms = Readonly<Record<string, readonly string[]>>;

/**
 * Where a bearer challenge sends us for a token. A login goes there, so the realm must be at home: the registry's host, a
 * domain above it (`gitlab.com` for `registry.gitlab.com`) or below it, or a host listed for this registry. Two hosts side
 * by side (`a.azurecr.io`, `b.azurecr.io`) are strangers. DENIED otherwise.
 */
export function realmOf(challenge: Challenge, endpoint: Endpoint, trusted: TrustedRealms): URL {
  const realm = challenge.parameters.get("realm") ?? "";
  if (!URL.canParse(realm))
    throw new AppError("DENIED", `${endpoint.registry} asks for a token and names no address for it`);
  const url = new URL(realm);
  if (!isAtHome(url, endpoint, trusted)) {
    throw new AppError("DENIED", `${endpoint.registry} asks for a login at ${url.host}, which is not trusted for it`);
  }
  return url;
}

function isAtHome(realm: URL, endpoint: Endpoint, trusted: TrustedRealms): boolean {
  const home = new URL(endpoint.origin).hostname;
  if (isWithin(home, realm.hostname) || isWithin(realm.hostname, home)) return true;
  return [trusted, publicRealms].some(
    (list) => Object.hasOwn(list, endpoint.registry) && list[endpoint.registry]?.includes(realm.host),
  );
}

/** Whether `host` is `domain` or stands below it. A single label is no domain to stand below. */
function isWithin(host: string, domain: string): boolean {
  return host === domain || (domain.includes(".") && host.endsWith(`.${domain}`));
}
