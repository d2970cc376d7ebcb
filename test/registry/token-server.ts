import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/registry/${name}`, import.meta.url));

export interface TokenServer {
  readonly url: string;
  /** The `auth` section of the registry's configuration. */
  readonly auth: unknown;
  /** Scopes asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const SERVICE = "test-registry";
const ISSUER = "test-issuer";

/** A server of the distribution token specification that lets one user pull everything. */
export async function startTokenServer(login: {
  readonly username: string;
  readonly password: string;
}): Promise<TokenServer> {
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const scope = new URL(request.url ?? "/", "http://token").searchParams.get("scope") ?? "";
    asked.push(scope);
    const known = request.headers.authorization === expected;
    response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    response.end(known ? JSON.stringify({ token: tokenFor(scope, login.username), expires_in: 300 }) : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    auth: {
      token: { realm: `${url}/token`, service: SERVICE, issuer: ISSUER, rootcertbundle: fixture("token-server.crt") },
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tokenFor(scope: string, subject: string): string {
  const [type, name, actions = ""] = scope.split(":");
  const now = Math.floor(Date.now() / 1_000);
  const certificate = new X509Certificate(readFileSync(fixture("token-server.crt")));
  const header = { typ: "JWT", alg: "ES256", x5c: [certificate.raw.toString("base64")] };
  const claims = {
    ...{ iss: ISSUER, aud: SERVICE, sub: subject, jti: randomUUID() },
    ...{ iat: now, nbf: now - 10, exp: now + 300 },
    access: [{ type, name, actions: actions.split(",") }],
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode(header)}.${encode(claims)}`;
  const key = createPrivateKey(readFileSync(fixture("token-server.key")));
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
