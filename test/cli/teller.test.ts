import { expect, it } from "vitest";
import type { Task } from "../../src/cli/step-line.ts";
import { createTeller } from "../../src/cli/teller.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";

const REPOSITORIES = { payments: 7, search: 8 };

function start() {
  let clock = 0;
  let printed = "";
  let shown: readonly Task[] = [];
  const progress = {
    print: (text: string) => {
      printed += text;
    },
    show: (tasks: readonly Task[]) => {
      shown = tasks;
    },
    end: () => {},
  };
  const teller = createTeller({ json: false, colours: false, out: () => {}, err: () => {} }, progress, () => clock);
  const row = (at: number, transition: string, repository: number) => {
    const subject = `pull:github.com/5/${repository}#x`;
    const entry: LedgerEntry = {
      ...{ sequence: 1, at: new Date(at).toISOString(), previous: "", hash: "", cause: "", data: {} },
      ...{ subject, transition },
    };
    teller.row(entry, REPOSITORIES);
  };
  return {
    teller,
    row,
    at: (now: number) => {
      clock = now;
    },
    printed: () => printed.trimEnd().split("\n"),
    underWay: () => shown.map(({ who, doing, since }) => `${who}: ${doing} since ${since}`),
  };
}

it("tells what began with the time since then, and what runs beside it", () => {
  const { teller, at, printed, underWay } = start();
  teller.begin("acme", "building");
  at(500);
  teller.begin("oakum", "starting");
  expect(underWay()).toEqual(["acme: building since 0", "oakum: starting since 500"]);
  at(2000);
  teller.done("oakum", "up");
  teller.say("page", "at home");
  teller.done("acme", "built");
  expect(printed()).toEqual(["  1.5 s  oakum       up", "         page        at home", "  2.0 s  acme        built"]);
  expect(underWay()).toEqual([]);
});

it("measures each step of a repository from its own step before, and the first one from what began the story", () => {
  const { teller, row, at, printed, underWay } = start();
  teller.begin("publishers", "patching");
  at(1000);
  teller.done("publishers", "patched");
  teller.begin("oakum", "looking who uses it");
  row(2000, "pushed", 7);
  row(2500, "pushed", 8);
  expect(underWay()).toEqual([
    "payments: opening the pull request since 2000",
    "search: opening the pull request since 2500",
  ]);
  row(3200, "opened", 7);
  row(3300, "unheard of", 7);
  row(4000, "verdict fail", 8);
  expect(printed().map((line) => line.slice(0, 20).trimEnd())).toEqual([
    "  1.0 s  publishers",
    "  1.0 s  payments",
    "  1.5 s  search",
    "  1.2 s  payments",
    "  1.5 s  search",
  ]);
  expect(underWay()).toEqual(["payments: asking for a rebuild since 3200"]);
});
