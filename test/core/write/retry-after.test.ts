import { expect, test } from "vitest";
import { parseRetryAfter } from "../../../src/core/write/retry-after.ts";

const NOW = Date.UTC(2026, 0, 1);

test.each<[string | string[] | null | undefined, number | undefined]>([
  [undefined, undefined],
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["-5", 1],
  ["0", 1],
  [" 30 ", 30],
  [["7", "9"], 7],
  ["999999999", 3_600],
  ["Thu, 01 Jan 2026 00:02:00 GMT", 120],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 1],
])("Retry-After %j", (header, seconds) => {
  expect(parseRetryAfter(header, NOW)).toBe(seconds);
});
