import { spawn } from "node:child_process";

/** No configuration but the repository's own, and nothing that could ask a person. */
export const gitEnvironment = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
}

/** Runs `git -C folder …arguments`; answers with the exit code and what it printed. Codes other than `allowed` are errors. */
export function git(
  folder: string,
  parameters: readonly string[],
  allowed: readonly number[] = [0],
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["-C", folder, ...parameters], {
      env: gitEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== null && allowed.includes(code)) resolve({ code, stdout: Buffer.concat(stdout) });
      else reject(new Error(`git ${parameters[0]} failed with ${code}: ${Buffer.concat(stderr).toString().trim()}`));
    });
  });
}
