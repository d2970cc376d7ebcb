import { BlockList, isIP, isIPv4 } from "node:net";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";

/** What a proxy adds to a request of somebody else's (RFC 7239, and what came before it). */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/** Whether an address is one of a list. */
export type IsListed = (address: string) => boolean;

const isLoopback = addressList(["127.0.0.0/8", "::1"]);

/** Addresses, and networks as `10.0.0.0/8`, each of which must be one. */
export function addressList(entries: readonly string[]): IsListed {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/** Whether a request comes from this machine, and not through a proxy. */
export function isFromHere(context: Context): boolean {
  return !isForwarded(context) && isLoopback(remoteOf(context));
}

/** Where a request comes from: whose address that is, or the proxy's that did not say so to be believed. */
export type Origin = { readonly state: "known" | "through"; readonly address: string };

/**
 * Where a request comes from. What it says of that itself is believed as far as proxies of the operator's wrote it: the last
 * address of `X-Forwarded-For` that is none of theirs. A connection from this machine is taken for a proxy's.
 */
export function originOf(context: Context, isProxy: IsListed): Origin {
  const remote = remoteOf(context);
  const isDirect = !isForwarded(context) && !isLoopback(remote) && !isProxy(remote);
  if (isDirect) return { state: "known", address: placeOf(remote) };
  const hops = (context.req.header("x-forwarded-for") ?? "").split(",").map((hop) => withoutPort(hop.trim()));
  const client = isProxy(remote) ? hops.findLast((hop) => !isProxy(hop)) : undefined;
  return client !== undefined && isIP(client) !== 0
    ? { state: "known", address: placeOf(client) }
    : { state: "through", address: remote };
}

function isForwarded(context: Context): boolean {
  return FORWARDED.some((name) => context.req.header(name) !== undefined);
}

/** IPv4 as such, also where the socket is one of IPv6. */
function remoteOf(context: Context): string {
  return (getConnInfo(context).remote.address ?? "").replace(/^::ffff:(?=[\d.]+$)/i, "");
}

function withoutPort(hop: string): string {
  return hop.replace(/^([\d.]+):\d+$/, "$1").replace(/^\[(.*)\](?::\d+)?$/, "$1");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

/** Of IPv6 the network: whoever has an address has all of its /64. */
function placeOf(address: string): string {
  return isIP(address) === 6 ? firstHalf(address) : address;
}

/** The first four groups of an IPv6 address, `::` written out. */
function firstHalf(address: string): string {
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...rest];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
