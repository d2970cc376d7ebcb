import { execFile } from "node:child_process";
import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import type { Credential } from "../registry.ts";

interface HelperOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly timeout: number;
}

const MOST_BYTES = 64 * 1024;
/** No path: a helper is found on PATH, and is always `docker-credential-…`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What helpers print, and no more than that, when they have no login. */
const NOT_FOUND = "credentials not found in native keychain";

const secret = z.object({ Username: z.string(), Secret: z.string().min(1) });

/**
 * Asks `docker-credential-<name>` for the login of `server` (Docker's credential helper protocol: `get`, the server on
 * stdin, JSON on stdout), without a shell. `undefined` when it has none; INPUT for a name that is none, UNAVAILABLE when the
 * helper fails. What a helper prints is in no error.
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  { environment, timeout }: HelperOptions,
): Promise<Credential | undefined> {
  if (!NAME.test(name))
    throw new AppError("INPUT", "the name of a Docker credential helper has characters that none has");
  const { failed, output } = await run(`docker-credential-${name}`, server, environment, timeout);
  if (output.trim() === NOT_FOUND) return undefined;
  const parsed = failed ? undefined : parseSecret(output);
  if (parsed === undefined) throw new AppError("UNAVAILABLE", `docker-credential-${name} gave no login`);
  return { username: parsed.Username, password: parsed.Secret };
}

function run(file: string, input: string, env: HelperOptions["environment"], timeout: number) {
  return new Promise<{ readonly failed: boolean; readonly output: string }>((resolve) => {
    const child = execFile(
      file,
      ["get"],
      { env: { ...env }, timeout, maxBuffer: MOST_BYTES, killSignal: "SIGKILL", windowsHide: true },
      (error, output) => resolve({ failed: error !== null, output }),
    );
    // A helper that ends without reading is judged by its output.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function parseSecret(output: string): z.infer<typeof secret> | undefined {
  try {
    return secret.parse(JSON.parse(output));
  } catch {
    return undefined;
  }
}
