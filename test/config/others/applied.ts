import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The file after git itself applied the patch; `undefined`: it is gone. */
export function applied(path: string, text: string, patch: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "oakum-patch-"));
  try {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: patch });
    return existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
