import { AppError } from "../../core/errors.ts";

/** Whether the operator lets Oakum contact a host, and how: over plain http, at private addresses. */
export type RegistryAccess =
  | { readonly state: "allowed"; readonly plainHttp: boolean; readonly private: boolean }
  | { readonly state: "denied" };

/** Answers for a normalised `host[:port]`, exactly. */
export type AllowRegistry = (host: string) => RegistryAccess;

/** Where the API of a registry is. */
export interface Endpoint {
  /** As image names write it: `docker.io`. */
  readonly registry: string;
  readonly origin: string;
  readonly private: boolean;
}

/** Which addresses a connection may go to. */
export type Reach = "public" | "any";

const API_HOSTS: ReadonlyMap<string, string> = new Map([["docker.io", "registry-1.docker.io"]]);

/** Where to ask `registry`. DENIED when the operator does not allow it, INPUT when it is no host. */
export function endpointOf(registry: string, allow: AllowRegistry): Endpoint {
  const access = allow(registry);
  if (access.state === "denied")
    throw new AppError("DENIED", `registry ${JSON.stringify(registry.slice(0, 255))} is not allowed`);
  const origin = `${access.plainHttp ? "http" : "https"}://${API_HOSTS.get(registry) ?? registry}`;
  // A look-alike (userinfo, path, upper case, IDN, an address in octal) never survives the URL parser unchanged.
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new AppError("INPUT", "a registry is host[:port], normalised");
  return { registry, origin, private: access.private };
}

/**
 * Which addresses a request for `endpoint` may go to when it is sent to `url`: the registry itself, a redirect's target or
 * a token realm. Private ones only from an allowed private registry to a host that is allowed so too. DENIED for anything
 * but https, unless the operator allows the host over plain http.
 */
export function reachOf(url: URL, endpoint: Endpoint, allow: AllowRegistry): Reach {
  if (url.username !== "" || url.password !== "")
    throw new AppError("DENIED", `${endpoint.registry} names an address with a login in it`);
  if (url.origin === endpoint.origin) return endpoint.private ? "any" : "public";
  const access = allow(url.host);
  const plainHttp = access.state === "allowed" && access.plainHttp && endpoint.origin.startsWith("http:");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && plainHttp)) {
    throw new AppError("DENIED", `${endpoint.registry} sends us to ${url.host}, which is not https`);
  }
  return access.state === "allowed" && access.private && endpoint.private ? "any" : "public";
}
