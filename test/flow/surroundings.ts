import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Control, controlOf } from "../../sandbox/control.ts";
import { MANIFEST } from "../../sandbox/manifest.ts";
import { CREATOR } from "./delivery.ts";
import { type RunningServer, startServer } from "./servers.ts";

export const APP = 4711;
/** One that has nothing to do with Oakum, and may write checks. */
export const OTHER_APP = 4712;
const ADVISORIES = fileURLToPath(new URL("../../sandbox/seed/advisories/", import.meta.url));
const PAIR = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
/** Of both Apps. */
export const { privateKey } = PAIR;

/** The servers around one Oakum: GitHub with an installed App, a registry, advisories. */
export class Surroundings {
  readonly #state: string;
  readonly #github: RunningServer;
  readonly #advisories: RunningServer;
  readonly registry: string;
  readonly control: Control;
  readonly installation: number;
  /** Of the other App. */
  readonly otherInstallation: number;
  /** Tokens of a person who may do everything, of the organisation's delivery, and of a stranger. */
  readonly tokens: { readonly person: string; readonly delivery: string; readonly stranger: string };
  #registry: RunningServer;

  private constructor(
    state: string,
    servers: { github: RunningServer; registry: RunningServer; advisories: RunningServer },
    seeded: Pick<Surroundings, "control" | "installation" | "otherInstallation" | "tokens">,
  ) {
    this.#state = state;
    this.#github = servers.github;
    this.#registry = servers.registry;
    this.#advisories = servers.advisories;
    this.registry = servers.registry.url;
    this.control = seeded.control;
    this.installation = seeded.installation;
    this.otherInstallation = seeded.otherInstallation;
    this.tokens = seeded.tokens;
  }

  static async start(): Promise<Surroundings> {
    const state = mkdtempSync(join(tmpdir(), "oakum-flow-"));
    const [github, registry, advisories] = await Promise.all([
      startServer("github", join(state, "github")),
      startServer("registry", join(state, "registry")),
      startServer("advisories", ADVISORIES),
    ]);
    return new Surroundings(state, { github, registry, advisories }, await seed(controlOf(github.url)));
  }

  get github(): string {
    return this.#github.url;
  }

  get advisories() {
    return this.#advisories;
  }

  /** Does `work` while the registry cannot be reached. */
  async outage(work: () => Promise<void>): Promise<void> {
    await this.#registry.close();
    await work();
    const port = Number(new URL(this.registry).port);
    this.#registry = await startServer("registry", join(this.#state, "registry"), port);
  }

  /** Answers with what strayed from GitHub's description of itself. */
  async stop(): Promise<readonly unknown[]> {
    const violations = await this.control.get<readonly unknown[]>("violations");
    await Promise.all([this.#github.close(), this.#registry.close(), this.#advisories.close()]);
    rmSync(this.#state, { recursive: true, force: true });
    return violations;
  }
}

async function seed(control: Control) {
  const install = async (id: number, slug: string) => {
    const app = { id, slug, owner: "acme", publicKey: PAIR.publicKey, permissions: MANIFEST.permissions, events: [] };
    await control.post("apps", app);
    return (await control.post<{ id: number }>("installations", { app: id, account: "acme" })).id;
  };
  const tokenOf = async (login: string) => (await control.post<{ token: string }>("tokens", { login })).token;
  return {
    control,
    installation: await install(APP, "oakum"),
    otherInstallation: await install(OTHER_APP, "other"),
    tokens: { person: await tokenOf("acme"), delivery: await tokenOf(CREATOR), stranger: await tokenOf("mallory") },
  };
}
