import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A small tree in which every file breaks one rule of the house. */
const PLANTED = fileURLToPath(new URL("./fixtures/layers/", import.meta.url));

const RULES: readonly [rule: string, from: string][] = [
  ["core-is-pure", "src/core/planted.ts"],
  ["config-sees-core", "src/config/planted.ts"],
  ["managers-parse-only", "src/manager/x/planted.ts"],
  ["ports-see-core", "src/registry/registry.ts"],
  ["adapters-see-core-and-ports", "src/scanner/osv/planted.ts"],
  ["flow-sees-core-and-ports", "src/flow/planted.ts"],
  ["server-and-cli-see-flow-and-ports", "src/server/planted.ts"],
  ["src-never-sees-the-sandbox", "src/cli/planted.ts"],
  ["only-app-composes", "src/flow/composes.ts"],
];

test("a planted violation of each layer rule is found", { timeout: 60_000 }, async () => {
  const found = await cruise();
  expect(found.sort()).toEqual(expect.arrayContaining(RULES.map(([rule, from]) => `${rule} ${from}`).sort()));
});

function cruise(): Promise<string[]> {
  const tool = `${ROOT}node_modules/dependency-cruiser/bin/dependency-cruiser.mjs`;
  const args = [tool, "--config", `${ROOT}.dependency-cruiser.cjs`, "--output-type", "json", "src", "sandbox"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: PLANTED, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout === "") return reject(error ?? new Error(stderr));
      const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
      resolve(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`));
    });
  });
}
