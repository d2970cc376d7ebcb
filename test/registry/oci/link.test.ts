import { expect, test } from "vitest";
import { nextPage } from "../../../src/registry/oci/link.ts";
import type { Answer } from "../../../src/registry/oci/question.ts";

const URL_OF_PAGE = new URL("https://ghcr.io/v2/a/tags/list?n=2");
const answer = (link: string | string[] | undefined, foreign = false) =>
  ({ headers: { link }, url: URL_OF_PAGE, host: URL_OF_PAGE.host, foreign }) as unknown as Answer;

test.each<[string | string[] | undefined, string | undefined]>([
  [undefined, undefined],
  ["nonsense", undefined],
  ['</v2/a/tags/list?last=b>; rel="prev"', undefined],
  ['</v2/a/tags/list?last=b>; rel="next"', "/v2/a/tags/list?last=b"],
  ["<?last=b>;rel=next", "/v2/a/tags/list?last=b"],
  ['<https://ghcr.io/x?y=z>; title="t"; rel="next"', "/x?y=z"],
  ['</first>; rel="first", </second,>; rel="next"', "/second,"],
  [['</first>; rel="first"', '</second>; REL="Next"'], "/second"],
])("%j leads to %s", (link, target) => {
  expect(nextPage(answer(link))).toBe(target);
});

test.each([
  "<https://evil.example/>; rel=next",
  "<//evil.example/>; rel=next",
  "<http://ghcr.io/>; rel=next",
  "<http://>; rel=next",
])("%s leads nowhere", (link) => {
  expect(() => nextPage(answer(link))).toThrow(expect.objectContaining({ code: "INPUT" }));
});

test("who was reached by a redirect does not lead on", () => {
  expect(() => nextPage(answer("</second>; rel=next", true))).toThrow(expect.objectContaining({ code: "INPUT" }));
});
