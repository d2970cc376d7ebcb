import { beforeAll, expect, test } from "vitest";
import { type FleetFigures, measureFleet } from "../../bench/fleet.ts";
import { fleetTable } from "../../bench/table.ts";

/** Repositories; of the sixty images they use 48, one tag of each. */
const SIZE = 12;
const IMAGES = 48;

let fleet: FleetFigures;
beforeAll(async () => {
  fleet = await measureFleet(SIZE, () => {});
}, 500_000);

test("a cold index asks GitHub for what a repository says, and a sweep for what moved, a hundred at a time", () => {
  // A tree, all files together, a configuration and a token for each; the App, its installations and tokens, the list and the
  // heads for all.
  expect(fleet.cold.github).toBeLessThanOrEqual(4 * SIZE + 6);
  // The installations, the list and the heads: tokens last.
  expect(fleet.sweep.github).toBe(3);
});

test("what is unchanged and known by webhook costs GitHub nothing, and a registry the tags and the one in use of each image", () => {
  expect(fleet.known.github).toBe(0);
  expect(fleet.known.registry).toBe(2 * IMAGES);
  expect(fleet.sweep.registry).toBe(2 * IMAGES);
});

test("one moved base costs GitHub the repositories that use it, and the registry the image, whoever uses it", () => {
  expect(fleet.moved.users).toBe(1);
  expect(fleet.moved.github).toBeLessThanOrEqual(40);
  expect(fleet.moved.registry).toBeLessThanOrEqual(10);
});

test("a start that creates the store, and all that comes after, stays within 350 MiB", () => {
  expect(fleet.created).toBeLessThan(350);
  expect(fleet.memory).toBeLessThan(350);
});

test("the table has a column for each size", () => {
  const table = fleetTable([fleet, { ...fleet, repositories: 500 }]);
  expect(table).toContain(`| repositories, four uses each, of 60 images | ${SIZE} | 500 |`);
  expect(new Set(table.match(/^\|.*$/gm)?.map((row) => row.split("|").length))).toEqual(new Set([5]));
});
