import { Hono } from "hono";
import { expect, it } from "vitest";
import { addressList, type Origin, originOf } from "../../src/server/client-address.ts";

const PROXIES = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"];

async function origin(remoteAddress: string, headers: Record<string, string>): Promise<Origin> {
  const routes = new Hono();
  routes.get("/", (context) => context.json(originOf(context, addressList(PROXIES))));
  const answer = await routes.request("/", { headers }, { incoming: { socket: { remoteAddress } } });
  return (await answer.json()) as Origin;
}

const by = (text: string) => ({ "x-forwarded-for": text });

it.each<[title: string, remote: string, headers: Record<string, string>, state: Origin["state"], address: string]>([
  ["directly", "203.0.113.9", {}, "known", "203.0.113.9"],
  ["directly, over a socket of both kinds", "::ffff:203.0.113.9", {}, "known", "203.0.113.9"],
  ["directly, by IPv6", "2001:db8:1:2:3:4:5:6", {}, "known", "2001:db8:1:2"],
  ["from a process of this machine, which may be a proxy", "127.0.0.1", {}, "through", "127.0.0.1"],
  ["from a proxy of ours that says nothing", "10.1.2.3", {}, "through", "10.1.2.3"],
  ["through our proxy", "10.1.2.3", by("203.0.113.9"), "known", "203.0.113.9"],
  ["through two of ours", "10.1.2.3", by("203.0.113.9, 192.0.2.1"), "known", "203.0.113.9"],
  ["with a word of their own before it", "10.1.2.3", by("8.8.8.8, 203.0.113.9"), "known", "203.0.113.9"],
  ["with a port", "10.1.2.3", by("203.0.113.9:51234"), "known", "203.0.113.9"],
  ["by IPv6 with a port", "fd00::1", by("[2001:db8::1]:443"), "known", "2001:db8:0:0"],
  ["with no word that can be read", "10.1.2.3", by("unknown"), "through", "10.1.2.3"],
  ["with such a word nearest to us", "10.1.2.3", by("203.0.113.9, _hidden"), "through", "10.1.2.3"],
  ["from our proxies alone", "10.1.2.3", by("10.9.9.9"), "through", "10.1.2.3"],
  ["by another header", "10.1.2.3", { "x-real-ip": "203.0.113.9" }, "through", "10.1.2.3"],
  ["through somebody else's proxy", "203.0.113.9", by("198.51.100.7"), "through", "203.0.113.9"],
])("a request %s", async (_, remote, headers, state, address) => {
  expect(await origin(remote, headers)).toEqual({ state, address });
});
