import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { dockerfile } from "../src/manager/dockerfile/dockerfile.ts";
import { readInstructions } from "../src/manager/dockerfile/instructions.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TEXT = readFileSync(join(ROOT, "Dockerfile"), "utf8");
const INSTRUCTIONS = [...readInstructions(TEXT, "\\")].map(({ keyword, line, start }) => ({
  keyword,
  operands: line.text.slice(start),
}));
const FINAL = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(({ keyword }) => keyword === "from"));

function finalOnes(keyword: string): readonly string[] {
  return FINAL.filter((one) => one.keyword === keyword).map(({ operands }) => operands);
}

/** What instructions copy out of the build's context, without where to. */
function copied(instructions: typeof INSTRUCTIONS): readonly string[] {
  const copies = instructions.filter(({ keyword, operands }) => keyword === "copy" && !operands.startsWith("--from="));
  return copies.flatMap(({ operands }) => operands.split(" ").slice(0, -1));
}

test("our own manager reads the image's bases, each pinned by digest, in two stages", () => {
  const { uses, problems } = dockerfile.extract(new Map([["Dockerfile", TEXT]]));
  expect(problems).toEqual([]);
  expect(uses.map(({ role }) => role)).toEqual(["stage", "base"]);
  for (const { reference } of uses) expect(reference?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("the image runs as nobody in particular, and says whether it is well", () => {
  expect(finalOnes("user")).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  expect(finalOnes("healthcheck")).toEqual([expect.stringContaining('"/oakum/src/main.ts", "health"]')]);
});

test("the build is given what it copies, and nothing else", () => {
  const [everything, ...kept] = readFileSync(join(ROOT, ".dockerignore"), "utf8").trimEnd().split("\n");
  expect(everything).toBe("*");
  expect(new Set(kept)).toEqual(new Set(copied(INSTRUCTIONS).map((path) => `!${path}`)));
});

test("what the image holds suffices: every module loads, and Oakum says its version", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "oakum-image-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of copied(FINAL)) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const path of productionPackages()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(folder, path));
  }
  const [entrypoint = "[]"] = finalOnes("entrypoint");
  const main = (JSON.parse(entrypoint) as readonly string[]).at(-1) ?? "";
  expect(await run(folder, main.replace("/oakum/", ""), "--version")).toBe(`${manifest.version}\n`);
  const all = `for await (const file of fs.promises.glob("src/**/*.ts"))
    if (file !== "src/main.ts") await import(path.resolve(file));`;
  expect(await run(folder, "--input-type=module", "--eval", all)).toBe("");
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

/** What `npm ci --omit=dev --omit=optional` installs. */
function productionPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  return Object.entries(packages).flatMap(([path, { dev = false, optional = false }]) => {
    const isOwn = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
    return isOwn && !dev && !optional ? [path] : [];
  });
}

async function run(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env: {} });
  expect(stderr).toBe("");
  return stdout;
}
