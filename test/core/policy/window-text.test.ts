import fc from "fast-check";
import { expect, it } from "vitest";
import { describeWindows, readDays, readHours } from "../../../src/core/policy/window-text.ts";

it.each([
  ["Mon-Fri 06:00-18:00 Europe/Brussels", { firstDay: 0, lastDay: 4, from: 360, to: 1080, zone: "Europe/Brussels" }],
  ["Sat 00:00-24:00 UTC", { firstDay: 5, lastDay: 5, from: 0, to: 1440, zone: "UTC" }],
  ["Sat-Mon 22:30-06:00 Etc/GMT+3", { firstDay: 5, lastDay: 0, from: 1350, to: 360, zone: "Etc/GMT+3" }],
  ["Mon 06:00-06:00 UTC", undefined],
  ["Mon 06:00-24:30 UTC", undefined],
  ["Mon 24:00-06:00 UTC", undefined],
  ["Mon 6:00-18:00 UTC", undefined],
  ["Mon 06:00-18:00", undefined],
  ["mon 06:00-18:00 UTC", undefined],
])("reads %s", (text, hours) => {
  expect(readHours(text)).toEqual(hours);
});

it.each([
  ["2026-12-20/2027-01-03", { first: "2026-12-20", last: "2027-01-03", zone: "UTC" }],
  ["2026-12-20/2026-12-20 Asia/Tokyo", { first: "2026-12-20", last: "2026-12-20", zone: "Asia/Tokyo" }],
  ["2026-12-20/2026-12-19", undefined],
  ["2026-02-30/2026-03-01", undefined],
  ["2026-12-20", undefined],
])("reads %s", (text, days) => {
  expect(readDays(text)).toEqual(days);
});

it("says windows in words", () => {
  const [office, saturday] = ["Mon-Fri 06:00-18:00 Europe/Brussels", "Sat 08:00-12:00 UTC"].map(
    (text) => readHours(text)!,
  );
  const freeze = readDays("2026-12-20/2027-01-03")!;
  const said = describeWindows([
    { allow: [office!, saturday!], deny: [freeze] },
    {},
    { deny: [office!] },
    { allow: [] },
  ]);
  expect(said).toBe(
    "Mon-Fri 06:00-18:00 Europe/Brussels or Sat 08:00-12:00 UTC, not 2026-12-20/2027-01-03 UTC " +
      "and not Mon-Fri 06:00-18:00 Europe/Brussels and never",
  );
  expect(describeWindows([])).toBe("always");
});

it("reads back what it says", () => {
  const hours = fc
    .record({
      firstDay: fc.nat(6),
      lastDay: fc.nat(6),
      from: fc.nat(1439),
      to: fc.nat(1440),
      zone: fc.constantFrom("UTC", "Europe/Brussels"),
    })
    .filter(({ from, to }) => from !== to);
  fc.assert(
    fc.property(hours, (one) => {
      expect(readHours(describeWindows([{ allow: [one] }]))).toEqual(one);
    }),
  );
});
