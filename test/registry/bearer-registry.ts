import type { IncomingMessage, ServerResponse } from "node:http";
import { type ScriptedRegistry, serveIndex, serveStatus } from "./scripted-registry.ts";

export const LOGIN = { username: "alice", password: "s3cret" };
export const BASIC = `Basic ${Buffer.from("alice:s3cret").toString("base64")}`;

export type Answerer = (request: IncomingMessage, response: ServerResponse, registry: ScriptedRegistry) => void;

interface BearerScript {
  /** The tokens that are good, which a test may change. */
  readonly good: Set<string>;
  readonly token: Answerer;
  readonly challenge?: (registry: ScriptedRegistry) => string;
}

/** A registry with a token server under `/token`. */
export function bearer({ good, token, challenge }: BearerScript): Answerer {
  return (request, response, registry) => {
    if (request.url?.startsWith("/token")) return token(request, response, registry);
    const [scheme, value = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme === "Bearer" && good.has(value)) return serveIndex(response);
    const header = challenge?.(registry) ?? `Bearer realm="${registry.url}/token",service="r"`;
    serveStatus(response, 401, { "www-authenticate": header });
  };
}

/** t1, t2, and so on. */
export function counter(): () => string {
  let issued = 0;
  return () => {
    issued += 1;
    return `t${issued}`;
  };
}

export const tokenCalls = ({ requests }: ScriptedRegistry) => requests.filter((line) => line.includes("/token"));
