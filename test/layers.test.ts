import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Every rule, broken by a file that imports what it must not. */
const BROKEN: readonly (readonly [rule: string, from: string, to: string])[] = [
  ["core-is-pure", "src/core/planted.ts", "node:fs"],
  ["core-is-pure", "src/core/planted.ts", "zod"],
  ["core-is-pure", "src/core/planted.ts", "../config/fine.ts"],
  ["config-sees-core", "src/config/planted.ts", "../flow/fine.ts"],
  ["ports-see-core", "src/registry/registry.ts", "./oci/fine.ts"],
  ["ports-see-core", "src/store/ledger.ts", "./kysely/fine.ts"],
  ["managers-parse-only", "src/manager/x/planted.ts", "undici"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:dns"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:net"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:http"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:fs"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:fs/promises"],
  ["managers-parse-only", "src/manager/x/planted.ts", "node:child_process"],
  ["managers-parse-only", "src/manager/x/planted.ts", "../y/fine.ts"],
  ["managers-parse-only", "src/manager/x/planted.ts", "../../scanner/scanner.ts"],
  ["adapters-see-core-and-ports", "src/scanner/osv/planted.ts", "../../registry/oci/fine.ts"],
  ["adapters-see-core-and-ports", "src/scanner/osv/planted.ts", "../../flow/fine.ts"],
  ["flow-sees-core-and-ports", "src/flow/planted.ts", "../registry/oci/fine.ts"],
  ["flow-sees-core-and-ports", "src/flow/planted.ts", "../server/fine.ts"],
  ["server-and-cli-see-flow-and-ports", "src/server/planted.ts", "../registry/oci/fine.ts"],
  ["server-and-cli-see-flow-and-ports", "src/server/planted.ts", "../cli/fine.ts"],
  ["server-and-cli-see-flow-and-ports", "src/server/planted.ts", "../app.ts"],
  ["server-and-cli-see-flow-and-ports", "src/cli/planted.ts", "../server/fine.ts"],
  ["server-and-cli-see-flow-and-ports", "src/cli/planted.ts", "../app.ts"],
  ["only-app-composes", "src/cli/planted.ts", "../app.ts"],
  ["only-app-composes", "src/server/planted.ts", "../app.ts"],
  ["only-app-composes", "sandbox/planted.ts", "../src/app.ts"],
  ["only-app-composes", "sandbox/planted.ts", "../src/app/fine.ts"],
  ["main-sees-app-and-cli", "src/main.ts", "./flow/fine.ts"],
  ["src-never-sees-the-sandbox", "src/cli/planted.ts", "../../sandbox/fine.ts"],
  ["src-never-sees-the-sandbox", "src/app.ts", "../test/fine.ts"],
  ["bench-watches-from-outside", "bench/planted.ts", "../src/flow/fine.ts"],
  ["bench-watches-from-outside", "bench/planted.ts", "../test/fine.ts"],
  ["only-tests-see-the-bench", "sandbox/planted.ts", "../bench/fine.ts"],
  ["production-needs-no-dev-dependency", "src/app.ts", "vitest"],
  ["no-unresolvable", "sandbox/planted.ts", "./nowhere.ts"],
  ["no-circular", "src/core/circle.ts", "./circular.ts"],
];

/** What every layer may import; and the other half of the circle, which is found once. */
const FINE: readonly (readonly [from: string, to: string])[] = [
  ["src/core/fine.ts", "node:crypto"],
  ["src/config/fine.ts", "../core/fine.ts"],
  ["src/scanner/scanner.ts", "../core/fine.ts"],
  ["src/manager/manager.ts", "../core/fine.ts"],
  ["src/manager/y/fine.ts", "../manager.ts"],
  ["src/manager/y/fine.ts", "../syntax/z/fine.ts"],
  ["src/manager/y/fine.ts", "../use/fine.ts"],
  ["src/manager/syntax/z/fine.ts", "../../../core/fine.ts"],
  ["src/manager/use/fine.ts", "../../core/fine.ts"],
  ["src/registry/oci/fine.ts", "../../scanner/scanner.ts"],
  ["src/github/pulls.ts", "../core/fine.ts"],
  ["src/store/pulls.ts", "../core/fine.ts"],
  ["src/store/kysely/fine.ts", "../pulls.ts"],
  ["src/flow/fine.ts", "../github/pulls.ts"],
  ["src/flow/fine.ts", "../scanner/scanner.ts"],
  ["src/server/fine.ts", "../flow/fine.ts"],
  ["src/cli/fine.ts", "../flow/fine.ts"],
  ["src/cli/demo.ts", "../../sandbox/fine.ts"],
  ["src/app.ts", "./registry/oci/fine.ts"],
  ["src/app/fine.ts", "../registry/oci/fine.ts"],
  ["src/main.ts", "./app.ts"],
  ["src/main.ts", "./cli/fine.ts"],
  ["sandbox/fine.ts", "../src/core/fine.ts"],
  ["bench/fine.ts", "../sandbox/fine.ts"],
  ["bench/fine.ts", "../src/core/fine.ts"],
  ["test/fine.ts", "vitest"],
  ["test/fine.ts", "../bench/fine.ts"],
  ["src/core/circular.ts", "./circle.ts"],
];

test("exactly the planted violations of the layer rules are found, at least one of each", {
  timeout: 60_000,
}, async () => {
  const plans = [...BROKEN.map(([, from, to]) => [from, to] as const), ...FINE];
  const { rules, found } = await cruise(plant(plans));
  expect(found).toEqual(BROKEN.map(([rule, from, to]) => `${rule}: ${from} → ${named(from, to)}`).toSorted());
  expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(rules));
});

/** A tree of these files, each with its imports, and of the project's own settings around them. */
function plant(imports: readonly (readonly [from: string, to: string])[]): string {
  const folder = mkdtempSync(join(tmpdir(), "oakum-layers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ["package.json", "tsconfig.json", ".dependency-cruiser.cjs"])
    cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [from, own] of Map.groupBy(imports, ([file]) => file)) {
    mkdirSync(dirname(join(folder, from)), { recursive: true });
    writeFileSync(join(folder, from), own.map(([, to]) => `import "${to}";\n`).join(""));
  }
  return folder;
}

/** How the tool names what is imported: a file by its path, a part of Node by its name, and a package as it was written. */
function named(from: string, to: string): string {
  return to.startsWith(".") && to !== "./nowhere.ts" ? join(dirname(from), to) : to.replace("node:", "");
}

interface Summary {
  readonly violations: readonly {
    readonly rule: { readonly name: string };
    readonly from: string;
    readonly to: string;
  }[];
  readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
}

function cruise(folder: string): Promise<{ rules: readonly string[]; found: readonly string[] }> {
  const tool = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [
    tool,
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
    "src",
    "sandbox",
    "test",
    "bench",
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout === "") return reject(error ?? new Error(stderr));
      const { violations, ruleSetUsed } = (JSON.parse(stdout) as { summary: Summary }).summary;
      const found = violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${packageOf(to)}`);
      resolve({ rules: ruleSetUsed.forbidden.map(({ name }) => name), found: found.toSorted() });
    });
  });
}

function packageOf(path: string): string {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
}
