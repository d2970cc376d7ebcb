import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bake } from "../../src/manager/bake/bake.ts";
import { compose } from "../../src/manager/compose/compose.ts";
import { devcontainer } from "../../src/manager/devcontainer/devcontainer.ts";
import { withoutComments } from "../../src/manager/devcontainer/jsonc.ts";
import type { Manager } from "../../src/manager/manager.ts";
import { readYaml } from "../../src/manager/syntax/yaml/read.ts";
import type { YamlNode } from "../../src/manager/syntax/yaml/tree.ts";

const FILES: readonly (readonly [Manager, string])[] = [
  [bake, "docker-bake.hcl"],
  [compose, "compose.yaml"],
  [devcontainer, "devcontainer.json"],
];
const DOCKERFILE = `ARG A\n${"FROM a:$A\n".repeat(900)}`;

function extract(manager: Manager, path: string, text: string, others: Readonly<Record<string, string>> = {}) {
  const files = new Map([[path, text], ["Dockerfile", DOCKERFILE], ...Object.entries(others)]);
  return manager.extract(files);
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

describe("a file that is made to be costly", () => {
  const target = (i: number, body: string) => `target "t${i}" {\n${body}}\n`;

  test.each<[string, Manager, string, string, Readonly<Record<string, string>>?]>([
    ["a chain of targets", bake, "docker-bake.hcl", lines(4000, (i) => target(i, `inherits = ["t${i + 1}"]\n`))],
    [
      "targets that inherit all others",
      bake,
      "docker-bake.hcl",
      lines(150, (i) => target(i, `inherits = [${lines(i, (j) => `"t${j}",`)}]\nargs = { A${i} = "1" }\n`)),
    ],
    [
      "variables that double",
      bake,
      "docker-bake.hcl",
      `${lines(40, (i) => `v${i} = "\${v${i + 1}}\${v${i + 1}}"\n`)}v40 = ""\n${target(0, "args = { A = v0 }\n")}`,
    ],
    ["variables in a circle", bake, "docker-bake.hcl", `a = b\nb = a\n${target(0, "args = { A = a }\n")}`],
    ["many arguments", bake, "docker-bake.hcl", target(0, `args = {\n${lines(9000, (i) => `A${i} = "1"\n`)}}\n`)],
    [
      "many targets of one large Dockerfile",
      bake,
      "docker-bake.hcl",
      lines(60, (i) => target(i, 'args = { A = "1" }\n')),
    ],
    [
      "many services that merge in one build",
      compose,
      "compose.yaml",
      `x-a: &a\n  build:\n    args: {A: "1"}\nservices:\n${lines(60, (i) => `  s${i}: *a\n`)}`,
    ],
    [
      "a large environment file",
      compose,
      "compose.yaml",
      `services:\n  a: {image: "a:\${V9}"}\n`,
      { ".env": lines(30_000, (i) => `V${i}=${i}\n`) },
    ],
    [
      "an inline Dockerfile of escapes",
      compose,
      "compose.yaml",
      `services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a:1\n${lines(3000, () => `        RUN ${"$$".repeat(10)}\n`)}`,
    ],
    ["quotes", devcontainer, "devcontainer.json", '"'.repeat(60_000)],
    ["comments", devcontainer, "devcontainer.json", `{${"/**/".repeat(50_000)}}`],
    ["comments without end", devcontainer, "devcontainer.json", "/*".repeat(100_000)],
  ])("%s, is read in time and in bounds", (_, manager, path, text, others) => {
    const { uses, problems } = extract(manager, path, text, others);
    expect(JSON.stringify([uses, problems]).length).toBeLessThan(10_000_000);
  });

  test.each(FILES)("%# of 5 MB, is refused", (manager, path) => {
    const { uses, problems } = extract(manager, path, `# args: image:\n${" ".repeat(5_000_000)}`);
    expect([uses.length, problems.length <= 1]).toEqual([0, true]);
  });
});

/** A YAML node as the JSON that it was read from. */
function plain(node: YamlNode | undefined): unknown {
  if (node?.kind === "map") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  if (node?.kind === "list") return node.items.map(plain);
  if (node?.kind === "scalar") return node.isPlain ? JSON.parse(node.value) : node.value;
  return undefined;
}

test("JSON with comments is read as JSON, with its places", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.constantFrom('"', "\\", "//", "/* */", "#", ": ", "é"),
    fc.integer(),
    fc.boolean(),
  );
  const key = fc
    .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 })
    .filter((text) => !/^__|^<<$/.test(text));
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(key, tie("node"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.dictionary(key, tree, { noNullPrototype: true }), (value) => {
      const text = `// "a"\n${JSON.stringify(value, undefined, "\t").replaceAll("\n", " /* , */\n")} // end`;
      const blank = withoutComments(text);
      expect(blank.length).toBe(text.length);
      const { documents, problems } = readYaml("a.json", blank);
      expect(problems).toEqual([]);
      expect(plain(documents[0])).toEqual(value);
    }),
    { numRuns: 100, seed: 20_263 },
  );
});
