import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHcl } from "../../src/manager/syntax/hcl/read.ts";
import type { HclBody, HclExpression } from "../../src/manager/syntax/hcl/tree.ts";
import { mutatedFrom } from "./mutated.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "hcl", name), "utf8");
/** Expressions, and what each is read as. */
const CASES = read("expressions.txt")
  .trimEnd()
  .split("\n----\n")
  .map((one): [string, string] => [one.split("\n=>\n")[0]!, one.split("\n=>\n")[1]!]);
const BAKE = read("bake.hcl");

/** An expression as an S-expression: texts in quotes, what is interpolated in braces, what is not told apart as `?`. */
function show(expression: HclExpression): string {
  switch (expression.kind) {
    case "text":
      return `"${expression.parts
        .map((part) => (part.kind === "literal" ? part.value.replaceAll("\n", "\\n") : `{${show(part.expression)}}`))
        .join("")}"`;
    case "number":
      return expression.text;
    case "name":
      return expression.path.join(".");
    case "list":
      return `[${expression.items.map(show).join(" ")}]`;
    case "object":
      return `{${expression.entries.map(({ key, value }) => `${key ?? "?"}=${show(value)}`).join(" ")}}`;
    case "call":
      return `${expression.name}(${expression.arguments.map(show).join(" ")})`;
    case "other":
      return `?(${expression.terms.map(show).join(" ")})`;
  }
}

function showBody({ attributes, blocks }: HclBody): string {
  const own = [...attributes].map(([name, value]) => `${name}=${show(value)}`);
  const inner = blocks.map(({ type, labels, body }) => `${[type, ...labels].join(" ")} <${showBody(body)}>`);
  return [...own, ...inner].join(", ");
}

describe("an expression", () => {
  test.each(CASES)("%s", (text, shown) => {
    const { body, problems } = readHcl("a.hcl", `x = ${text}\ny = 1\n`);
    expect(problems).toEqual([]);
    expect(showBody(body)).toBe(`x=${shown}, y=1`);
  });

  test("ends with its line, where no bracket is open", () => {
    expect(readHcl("a.hcl", "x = a\n.b\n").problems).toMatchObject([{ line: 2, column: 1 }]);
  });
});

test("blocks have types, labels and bodies, in order", () => {
  const text = `# c
resource "docker_image" "web" { name = "nginx:1" }
group default {
  targets = ["app"] // c
  /* c
  */ inner {
  }
}\r
x = 1`;
  expect(showBody(readHcl("a.hcl", text).body)).toBe(
    'x=1, resource docker_image web <name="nginx:1">, group default <targets=["app"], inner <>>',
  );
});

test("what is literal says where it stands, and whether as it is", () => {
  const text = 'a = "x\\tz\\n"\nb = <<-E\n  one\n  two\n  E\n';
  const { attributes } = readHcl("a.hcl", text).body;
  const literals = [...attributes.values()].flatMap((value) => (value.kind === "text" ? value.parts : []));
  expect(
    literals.flatMap((part) =>
      part.kind === "literal" ? [[part.value, text.slice(part.start, part.end), part.isExact]] : [],
    ),
  ).toEqual([
    ["x\tz\n", "x\\tz\\n", false],
    ["one\n", "one\n", true],
    ["two\n", "two\n", true],
  ]);
});

test.each([
  ["x = ", 1, 5, "a value is missing"],
  ["\n\nx = [1, 2", 3, 10, "a comma or ] is missing"],
  ['x = "a\n"', 1, 7, "a text does not end"],
  ["x = 1\nx = 2\n", 2, 4, "x is set twice"],
  ["a {\n", 2, 1, "} is missing"],
  ["}\n", 1, 1, "a bracket closes nothing"],
  ["x = <<E\nno end\n", 2, 1, "a here-document does not end"],
  ["/* no end", 1, 1, "a comment does not end"],
  ["x = 1 y = 2\n", 1, 7, "a line goes on"],
  ["- a\n", 1, 1, "a name is missing"],
])("%j cannot be read, and says where and why", (text, line, column, detail) => {
  const { body, problems } = readHcl("a.hcl", text);
  expect(problems).toEqual([{ path: "a.hcl", line, column, reason: { code: "not-parsed", detail } }]);
  expect(showBody(body)).toBe("");
});

describe("a file that is made to be costly", () => {
  const LIMIT = 256 * 1024;
  const filled = (unit: string, head = "", tail = "") =>
    head + unit.repeat(Math.floor((LIMIT - head.length - tail.length) / unit.length)) + tail;

  test.each([
    ["brackets", filled("[", "x = "), "nested too deeply"],
    ["blocks", filled("a {\n"), "nested too deeply"],
    ["interpolations", filled('"${', "x = "), "nested too deeply"],
    ["parentheses", filled("(", "x = "), "nested too deeply"],
    ["here-documents", filled("<<A\n", "x = "), "a here-document does not end"],
    ["here-documents in one another", filled("${<<A\n", "x = <<A\n"), "a here-document does not end"],
    ["comments without end", filled("/*", "x = 1 "), undefined],
    ["an endless text", filled("$", 'x = "'), "a text does not end"],
    ["directives", filled("%{ for x in ", 'x = "'), undefined],
    ["minus signs", filled("-", "x = "), "a value is missing"],
    ["conditions", filled("a ? ", "x = "), "a value is missing"],
    ["steps", filled(".a", "x = a", "\n"), "a path has too many steps"],
    ["indices", filled("[0]", "x = a", "\n"), "a path has too many steps"],
  ])("of %s is given up in time", (_, text, detail) => {
    const [problem] = readHcl("a.hcl", text).problems;
    expect(problem?.reason.code).toBe("not-parsed");
    if (detail !== undefined) expect(problem?.reason.detail).toBe(detail);
  });

  test.each([
    ["attributes", Array.from({ length: 20_000 }, (_, i) => `a${i} = 1\n`).join("")],

    ["lines of a here-document", filled("  \n", "x = <<-E\n", "\nE\n")],
    ["a text of escapes", filled("\\n", 'x = "', '"\n')],
    ["a text of dollars", filled("$$", 'x = "', '"\n')],
    ["terms", filled("+1", "x = 1", "\n")],
    ["blanks", filled(" ", "x = 1", "\n")],
  ])("of %s is read in time", (_, text) => {
    expect(readHcl("a.hcl", text).problems).toEqual([]);
  });

  test("over the limit is refused", () => {
    expect(readHcl("a.hcl", "#".repeat(LIMIT + 1)).problems).toMatchObject([{ reason: { code: "too-large" } }]);
  });
});

test("anything is read without an exception, each literal where it says it is", () => {
  const pieces = [
    '"',
    "${",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "<<E",
    "\n",
    "\\",
    "%{",
    "=",
    "#",
    "/*",
    "*/",
    "for ",
    "...",
  ];
  const check = (expression: HclExpression, text: string): void => {
    if (expression.kind !== "text") return;
    for (const part of expression.parts) {
      if (part.kind === "literal" && part.isExact) expect(text.slice(part.start, part.end)).toBe(part.value);
    }
  };
  fc.assert(
    fc.property(mutatedFrom([BAKE], pieces), (text) => {
      const walk = ({ attributes, blocks }: HclBody): void => {
        for (const value of attributes.values()) check(value, text);
        for (const block of blocks) walk(block.body);
      };
      walk(readHcl("a.hcl", text).body);
    }),
    { numRuns: 500, seed: 20_261 },
  );
});
