import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reason, sentence } from "../../../src/core/reason.ts";
import { publishedCases } from "../plan/published-cases.ts";
import { commentCases } from "../use/comment-cases.ts";
import { type TagCase, tagFixtures } from "./fixture-world.ts";

const DOCS = readFileSync(new URL("../../../docs/tags.md", import.meta.url), "utf8");

/** What stands between the two marks of a name; to mend the page, write there what the test says. */
function between(name: string): string {
  return DOCS.split(`<!-- ${name} -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";
}

function row(image: string, { rule, from, to, change, refused = {} }: TagCase): string {
  const [not, code] = Object.entries(refused)[0] ?? [];
  const [name = ""] = image.replace("docker.io/library/", "").replace("docker.io/", "").split("@");
  const cells = [
    rule,
    `\`${name}:${from}\``,
    to === null ? "" : `\`${to}\``,
    change ?? "",
    not === undefined ? "" : `\`${not}\`: \`${code}\``,
  ];
  return `| ${cells.join(" | ")} |`;
}

test("the table of rules has a row for each case that is the example of one", () => {
  const rows = tagFixtures().flatMap(([, { image, cases }]) =>
    cases.filter(({ rule }) => rule !== undefined).map((one) => row(image, one)),
  );
  const head = ["| rule | in use | goes to | class | not to |", "|---|---|---|---|---|"];
  expect(between("rules")).toBe(`${[...head, ...rows.toSorted()].join("\n")}\n`);
});

test("the table of comments has a row for each case that is the example of a rule", () => {
  const rows = commentCases().flatMap(({ rule, text, tag }) => {
    const shown = text
      .trimEnd()
      .replaceAll("@DIGEST", "@sha256:…")
      .replaceAll("DIGEST", "sha256:…")
      .replaceAll("\n", " ⏎ ");
    return rule === undefined ? [] : [`| ${rule} | \`${shown}\` | ${tag === null ? "" : `\`${tag}\``} |`];
  });
  const head = ["| comment | such as (⏎ is a new line) | tag |", "|---|---|---|"];
  expect(between("comments")).toBe(`${[...head, ...rows].join("\n")}\n`);
});

test("the table of tags that name one digest has a row for each case that is the example of a rule", () => {
  const quoted = (text: string) => [...text.matchAll(/\S+/g)].map(([tag]) => `\`${tag}\``).join(" ");
  const rows = publishedCases().flatMap(({ rule, tags, policy = "", follow }) => {
    const one = follow.includes(" ") ? "" : quoted(follow);
    return rule === undefined ? [] : [`| ${rule} | ${quoted(tags)} | ${quoted(policy)} | ${one} |`];
  });
  const head = ["| rule | tags | policy's `tags` | followed |", "|---|---|---|---|"];
  expect(between("published")).toBe(`${[...head, ...rows].join("\n")}\n`);
});

test("the table of reasons has each that a tag is refused for, with an example", () => {
  const found = new Map<string, string>();
  for (const [, { image, cases }] of tagFixtures()) {
    for (const { from, refused = {} } of cases) {
      for (const [tag, code] of Object.entries(refused)) {
        if (!found.has(code)) found.set(code, `\`${tag}\`, beside \`${image.split("/").at(-1)}:${from}\``);
      }
    }
  }
  const codes = [...found.keys()].filter((code) => code.startsWith("tag-")).toSorted();
  const rows = codes.map((code) => `| \`${code}\` | ${sentence(reason(code as "tag-older"))} | ${found.get(code)} |`);
  const head = ["| code | why it is not gone to | such as |", "|---|---|---|"];
  expect(between("reasons")).toBe(`${[...head, ...rows].join("\n")}\n`);
});
