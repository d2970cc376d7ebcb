import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../src/core/use/edit.ts";
import type { Use } from "../../src/core/use/use.ts";
import { gitops } from "../../src/manager/gitops/gitops.ts";
import { helm } from "../../src/manager/helm/helm.ts";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { azurePipelines } from "../../src/manager/pipelines/azure-pipelines.ts";
import { githubActions } from "../../src/manager/pipelines/github-actions.ts";
import { quadlet } from "../../src/manager/quadlet/quadlet.ts";
import { CASES, type Case } from "./cases.ts";
import { mutatedFrom } from "./mutated.ts";

const SEED = 20_261;
const OTHER = { tag: "edited", digest: `sha256:${"c0ffee00".repeat(8)}` } as const;
const PIECES = [
  ...[
    ": ",
    "- ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "---\n",
    "...\n",
    "#",
    " #",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
  ],
  ...[
    '"',
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    "?",
    "%",
    "@",
    "$",
    "${",
    ":-",
    "\uFEFF",
    "\u2028",
    "\uD83D",
    "image: x:1\n",
    ...["<", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", '"""', "'''", "=", "[[a]]\n", "image = x:1\n"],
  ],
];

function checkPlaces(text: string, uses: readonly Use[]): void {
  // Of a reference in several fields, it is the name that stands there.
  for (const { span, line, blocked, text: written, pieces } of uses) {
    expect(line).toBe(text.slice(0, span.start).split("\n").length);
    const own = pieces?.filter((piece) => piece.path === span.path);
    for (const piece of own ?? []) expect(text.slice(piece.start, piece.end)).toBe(piece.text);
    if (blocked === undefined && own === undefined) expect(written).toContain(text.slice(span.start, span.end));
  }
}

/** Edits one use; what is read then is what was read before, but for that use. */
function checkEdit({ manager, path, files }: Case, text: string, use: Use, uses: readonly Use[]): void {
  if (use.reference === undefined) return;
  const { registry, repository } = use.reference;
  const to = { registry, repository, ...OTHER };
  const edits = manager.edit(new Map([...files, [path, text]]), [{ use, to }]);
  if ("state" in edits) return;
  const edited = [...Map.groupBy(edits, (edit) => edit.path)].map(
    ([name, own]) => [name, applyEdits(name === path ? text : (files.get(name) ?? ""), own) ?? ""] as const,
  );
  const now = manager.extract(new Map([...files, [path, text], ...edited])).uses;
  expect(now.map(({ reference }) => reference)).toEqual(uses.map((one) => (one === use ? to : one.reference)));
}

describe.each(CASES)("mutated: $name", (one) => {
  test("no exception, each use where it says it is, and an edit changes its own place only", () => {
    const check = (text: string, choice: number): void => {
      const { uses } = one.manager.extract(new Map([...one.files, [one.path, text]]));
      // Files that are read along may have uses of their own.
      const own = uses.filter(({ path }) => path === one.path);
      checkPlaces(text, own);
      const use = own[choice % Math.max(own.length, 1)];
      if (use !== undefined) checkEdit(one, text, use, uses);
    };
    fc.assert(fc.property(mutatedFrom([one.files.get(one.path) ?? ""], PIECES), fc.nat(), check), {
      numRuns: 40,
      seed: SEED,
    });
  });
});

const ONE_OF_EACH_KIND = Map.groupBy(CASES, ({ manager }) => manager.kind)
  .values()
  .map((cases) => cases.find(({ expected }) => expected !== ""))
  .filter((one) => one !== undefined);

test.each([...ONE_OF_EACH_KIND])("5 MB is refused without being read: $name", ({ manager, path, files }) => {
  const text = files.get(path) ?? "";
  const endless = text.repeat(Math.ceil(5_000_000 / text.length));
  const { uses, problems } = manager.extract(new Map([[path, endless]]));
  expect(uses).toEqual([]);
  expect(problems.slice(0, 1)).toMatchObject([{ path, line: 1, reason: { code: "too-large" } }]);
});

describe("a file that is made to be costly", () => {
  const extract = (text: string) =>
    kubernetes.extract(new Map([["a.yaml", `apiVersion: v1\nkind: Pod\nimage: x\n${text}`]]));
  const reasonsOf = (text: string) => extract(text).problems.map(({ reason }) => reason.code);

  test.each([
    ["nested in brackets", `a: ${"[".repeat(100_000)}`],
    ["nested in lists", `a:\n  ${"- ".repeat(50_000)}x`],
    ["nested by indentation", Array.from({ length: 600 }, (_, i) => `${" ".repeat(i + 1)}a:`).join("\n")],
  ])("%s, is refused", (_, text) => {
    expect(reasonsOf(`spec:\n  containers: []\n${text}`)).toEqual(["not-parsed"]);
  });

  test("larger than is read, is refused without being read", () => {
    expect(reasonsOf(`spec: ${"x".repeat(300_000)}`)).toEqual(["too-large"]);
  });

  test("larger than is read, but for definitions of custom resources, is read where it stands", () => {
    const definition = `apiVersion: a/v1\nkind: CustomResourceDefinition\nimage: {}\n${"x: y\n".repeat(60_000)}`;
    const pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: nginx:1\n";
    const text = `${definition}---\n${pod}---\n${definition}--- # the last\n${pod}`;
    const { uses, problems } = kubernetes.extract(new Map([["a.yaml", text]]));
    expect(problems).toEqual([]);
    expect(uses).toHaveLength(2);
    checkPlaces(text, uses);
  });

  test("with one list under thousands of aliases, is read once", () => {
    const list = Array.from({ length: 3000 }, (_, i) => `  - image: a/b${i}:1`).join("\n");
    const many = Array.from({ length: 2000 }, (_, i) => `k${i}: {containers: *c}`).join("\n");
    expect(extract(`containers: &c\n${list}\n${many}`).uses).toHaveLength(3000);
  });

  test("with more images than anyone has, gives so many and says so", () => {
    const list = Array.from({ length: 12_000 }, (_, i) => `  - image: a:${i}`).join("\n");
    const { uses, problems } = extract(`containers:\n${list}\n`);
    expect(uses).toHaveLength(10_000);
    expect(problems.map(({ reason }) => reason.code)).toEqual(["too-many-images"]);
  });

  test.each([
    [
      "Kubernetes, lists of lists",
      kubernetes,
      "a.yaml",
      (inner: string) => `{apiVersion: v1, kind: List, items: [${inner}]}`,
    ],
    [
      "Azure, jobs of jobs",
      azurePipelines,
      "azure-pipelines.yml",
      (inner: string) => `{container: a:1, jobs: [${inner}]}`,
    ],
    [
      "GitHub, steps",
      githubActions,
      ".github/workflows/a.yml",
      (inner: string) => `{container: a:1, steps: [${inner}]}`,
    ],
  ])("with aliases of aliases (%s), is read once each", (_, manager, path, node) => {
    const level = (n: number) =>
      `&a${n} ${node(
        n === 0
          ? ""
          : Array(12)
              .fill(`*a${n - 1}`)
              .join(", "),
      )}`;
    const levels = Array.from({ length: 40 }, (_, n) => `- ${level(n)}`).join("\n");
    const text = `apiVersion: v1\nkind: List\nitems: &all\n${levels}\njobs: *all\nimage: x\ncontainer: b:1\n`;
    expect(manager.extract(new Map([[path, text]])).uses.length).toBeLessThan(50);
  });

  test("with an endless scalar where an image is expected, is no image, and not kept", () => {
    const { uses } = extract(
      `spec:\n  containers:\n  - image: &b ${"<".repeat(200_000)}\n${"  - image: *b\n".repeat(2000)}`,
    );
    expect(uses).toHaveLength(1);
    expect(JSON.stringify(uses).length).toBeLessThan(1_000_000);
    expect(new Set(uses.map(({ blocked }) => blocked?.reason.code))).toEqual(new Set(["invalid-reference"]));
  });

  test("with a text that could begin as a variable anywhere, under thousands of aliases, is read in one go each", () => {
    const text = `containers:\n- image: &a "${"<".repeat(1000)}"\n${"- image: *a\n".repeat(2500)}`;
    const started = process.cpuUsage();
    expect(new Set(extract(text).uses.map(({ blocked }) => blocked?.reason.code))).toEqual(
      new Set(["invalid-reference"]),
    );
    // It took two seconds, quadratic in the text, and takes a tenth of one.
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });

  test("with a large block that is read anew, reads the same however often it is asked for", () => {
    const values = `    image: {repository: acme/a,\n    tag: "1"}\n${"    key: value\n".repeat(2_500)}`;
    const text = `apiVersion: helm.cattle.io/v1\nkind: HelmChart\nspec:\n  valuesContent: |\n${values}`;
    const readings = Array.from({ length: 6 }, () => gitops.extract(new Map([["chart.yaml", text]])));
    expect(readings.map(({ uses, problems }) => [uses.length, problems.length])).toEqual(Array(6).fill([1, 0]));
  });

  test.each([
    ["empty lines", kubernetes, "a.yaml", "\n".repeat(900_000)],
    ["spaces", quadlet, "a.container", `[Container]\nImage=${" ".repeat(200_000)}x\n`],
    ["slashes", helm, "values.yaml", `image:\n  repository: ${"/".repeat(200_000)}a\n  tag: 1\n`],
  ])("of %s, is read in one go", (_, manager, path, text) => {
    expect(manager.extract(new Map([[path, text]])).uses).toEqual([]);
  });

  test("with merges of merges, is read once each", () => {
    const merges = Array.from(
      { length: 500 },
      (_, i) => `m${i}: &m${i}\n  <<: [${i === 0 ? "" : `*m${i - 1}, *m${i - 1}`}]`,
    );
    const { uses } = extract(`${merges.join("\n")}\nspec:\n  containers:\n  - <<: *m499\n  - image: nginx:1\n`);
    expect(uses.map(({ reference }) => reference?.tag)).toEqual(["1"]);
  });
});
