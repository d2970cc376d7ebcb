import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Of nobody but these tests. */
const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/localhost.${name}`, import.meta.url));
/** The API, and where files of its are kept. */
const PATHS = /^\/(api\/(v3\/|graphql$)|_storage\/)/;

/** A GitHub Enterprise Server as a client meets it. */
export interface Enterprise {
  readonly host: string;
  /** What a process needs in its environment to trust it. */
  readonly trust: { readonly NODE_EXTRA_CA_CERTS: string };
  /** The paths that it was asked for. */
  readonly asked: readonly string[];
  /** Those of them that it does not have. */
  strayed(): readonly string[];
  close(): void;
}

/** The sandbox's GitHub as a GitHub Enterprise Server: its API below `/api`, over TLS, with its version. */
export async function startEnterprise(github: string): Promise<Enterprise> {
  const asked: string[] = [];
  const options = { key: readFileSync(tls("key")), cert: readFileSync(tls("crt")) };
  const isThere = (path: string) => PATHS.test(path.replace(/\?.*/, ""));
  const server = createServer(options, async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    asked.push(url);
    if (!isThere(url)) return void response.writeHead(404).end();
    const { host: _, connection: __, "content-length": ___, "transfer-encoding": ____, ...rest } = headers;
    const body = await buffer(request);
    const plain = Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]);
    const init = { method, headers: plain, redirect: "manual", ...(body.length > 0 && { body: new Uint8Array(body) }) };
    const answer = await fetch(github + url, init as RequestInit);
    const kept = [...answer.headers].filter(([name]) => !/^(content-length|transfer-encoding|connection)$/.test(name));
    const own = kept.map(([name, value]) => [name, name === "location" ? value.replace(github, origin()) : value]);
    response.writeHead(answer.status, { ...Object.fromEntries(own), "x-github-enterprise-version": "3.18.1" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const origin = () => `https://${host}`;
  return {
    host,
    trust: { NODE_EXTRA_CA_CERTS: tls("crt") },
    asked,
    strayed: () => asked.filter((path) => !isThere(path)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
