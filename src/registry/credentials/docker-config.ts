import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import type { ImageName } from "../../core/reference.ts";
import { type Credential, REFRESH_TOKEN_USER } from "../registry.ts";
import { askCredentialHelper } from "./credential-helper.ts";

interface DockerConfigOptions {
  /** The environment: `DOCKER_CONFIG` names the folder, else it is `~/.docker`; helpers run with it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that a helper may take. */
  readonly helperTimeout?: number;
}

const MOST_BYTES = 1024 * 1024;
const HELPER_TIMEOUT = 30_000;
/** Docker keeps Docker Hub's login under the address of its first registry. */
const HUB_SERVER = "https://index.docker.io/v1/";

const entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const dockerConfig = z.object({
  auths: z.record(z.string(), entry).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
type DockerConfig = z.infer<typeof dockerConfig>;

/**
 * The logins of Docker's `config.json`, in Docker's order: the registry's own helper (`credHelpers`), the store
 * (`credsStore`), the file (`auths`). The file is read anew every time, since logins change. INPUT when it is malformed,
 * UNAVAILABLE when a helper does not answer; `undefined` when there is no login, or no file.
 */
export function createDockerConfig({ environment, helperTimeout = HELPER_TIMEOUT }: DockerConfigOptions) {
  const path = join(environment.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  return async ({ registry }: ImageName): Promise<Credential | undefined> => {
    const config = await readConfig(path);
    if (config === undefined) return undefined;
    const server = registry === "docker.io" ? HUB_SERVER : registry;
    const helper = ownValue(config.credHelpers, server) ?? ownValue(config.credHelpers, registry) ?? config.credsStore;
    if (helper === undefined || helper === "") return credentialIn(config.auths, registry);
    return askCredentialHelper(helper, server, { environment, timeout: helperTimeout });
  };
}

async function readConfig(path: string): Promise<DockerConfig | undefined> {
  const text = await readBounded(path);
  if (text === undefined) return undefined;
  const parsed = dockerConfig.safeParse(parseJson(text));
  if (!parsed.success) throw new AppError("INPUT", `${path} is not a Docker configuration`);
  return parsed.data;
}

async function readBounded(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_BYTES) });
    if (bytesRead === MOST_BYTES) throw new AppError("INPUT", `${path} is too large`);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function credentialIn(auths: DockerConfig["auths"], registry: string): Credential | undefined {
  const found = Object.entries(auths).find(([server]) => hostOf(server) === registry)?.[1];
  if (found === undefined) return undefined;
  if (found.identitytoken) return { username: REFRESH_TOKEN_USER, password: found.identitytoken };
  const { username, password } = found.auth ? decodeAuth(found.auth) : found;
  return username && password ? { username, password } : undefined;
}

/** Keys are hosts, or addresses with a path as old versions wrote them. */
function hostOf(server: string): string {
  const host = server.replace(/^https?:\/\//, "").split("/", 1)[0];
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : (host ?? "");
}

function decodeAuth(auth: string): { readonly username: string; readonly password: string } {
  const decoded = Buffer.from(auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  // Docker pads old entries with NUL.
  return { username: decoded.slice(0, Math.max(colon, 0)), password: decoded.slice(colon + 1).replace(/\0+$/, "") };
}

function ownValue(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the file, and so a login.
    return undefined;
  }
}
