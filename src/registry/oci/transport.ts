import { type LookupAddress, lookup as resolveHost } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { AppError } from "../../core/errors.ts";
import { isPublicAddress } from "./address.ts";
import type { Reach } from "./endpoint.ts";
import { broken } from "./failure.ts";
import type { OciLimits } from "./limits.ts";

/** One HTTP request; nothing of it is retried or followed. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type HttpResponse = Dispatcher.ResponseData;

export interface Transport {
  /** Sends one request. UNAVAILABLE when the network fails, DENIED when `reach` forbids the address. */
  send(url: URL, reach: Reach, request: HttpRequest): Promise<HttpResponse>;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

/** All addresses of a host, as `dns.lookup` finds them. */
export type ResolveHost = (
  host: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const systemResolver: ResolveHost = (host, done) => {
  resolveHost(host, { all: true }, (error, addresses) => done(error, addresses));
};

/** HTTP/1.1 over kept connections; addresses are checked when a connection is made, so a name cannot change in between. */
export function createTransport(limits: OciLimits, resolver: ResolveHost = systemResolver): Transport {
  const shared = { timeout: limits.connectTimeout, allowH2: false };
  const options = { connections: limits.concurrency * 2, pipelining: 1 };
  const agents: Readonly<Record<Reach, Agent>> = {
    public: new Agent({ ...options, connect: guarded(buildConnector({ ...shared, lookup: publicLookup(resolver) })) }),
    any: new Agent({ ...options, connect: shared }),
  };
  return {
    async send(url, reach, { method, headers, body, signal }) {
      try {
        return await agents[reach].request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers,
          signal,
          body: body ?? null,
          headersTimeout: limits.headersTimeout,
          bodyTimeout: limits.bodyTimeout,
          // undici closes the connection after every HEAD unless told not to.
          reset: false,
        });
      } catch (error) {
        throw broken(error, url.host);
      }
    },
    async close() {
      await Promise.all([agents.public.destroy(), agents.any.destroy()]);
    },
  };
}

/** Node asks no resolver for an address written as such, so the connector checks those itself. */
function guarded(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(notPublic(host), null);
    connect(options, callback);
  };
}

/** One private address among public ones refuses the host: a name that mixes them is up to something. */
function publicLookup(resolver: ResolveHost): LookupFunction {
  return (host, options, callback) => {
    resolver(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? notPublic(host), "", 0);
      if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(notPublic(host), "", 0);
      if (options.all) return callback(null, [...addresses]);
      callback(null, first.address, first.family);
    });
  };
}

function notPublic(host: string): AppError {
  return new AppError("DENIED", `${host} is not at a public address`);
}
