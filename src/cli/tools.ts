import type { Conversion } from "../config/app-manifest.ts";
import type { GitHubPlace } from "../config/github-place.ts";
import type { Control } from "../control/control.ts";
import type { AppError } from "../core/errors.ts";
import type { Manager } from "../manager/manager.ts";
import type { Registry } from "../registry/registry.ts";

/** What the commands are given by app.ts. */
export interface LocalTools {
  readonly managers: readonly Manager[];
  /**
   * Opens the registries: public ones, and those that `--allow-registry` named (normalised `host[:port]`), which may be at
   * any address, and on loopback are asked over plain http.
   */
  openRegistries(allowed: readonly string[]): Promise<RegistrySession>;
  /** The way to the store, also while the App has it open. INPUT when there is none. */
  openControl(): Promise<Control>;
  /** The user of this machine who runs the command, as the ledger names them. */
  readonly user: string;
  /** Starts the App as the environment says. */
  startApp(): Promise<RunningApp>;
  /** Starts a process that only works on its jobs. INPUT on the embedded store. */
  startWorker(): Promise<RunningApp>;
  /**
   * GitHub, or the GitHub Enterprise Server at `host`; and the variables beside `GHE_HOST` by which an App finds it there
   * again.
   */
  githubAt(host: string | undefined): {
    readonly place: GitHubPlace;
    readonly variables: Readonly<Record<string, string>>;
  };
  /** The App that GitHub registered from a manifest, by the code for it. `api` as in `GitHubPlace`. */
  convertManifest(api: string, code: string): Promise<Conversion>;
  /** The port that the App listens at, by the environment. */
  readonly port: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A whole Oakum, working; or a worker of it. */
export interface RunningApp {
  /** Absent when it listens nowhere. */
  readonly url?: string;
  /** Told when it must end by itself: a newer version of Oakum has taken the store over. */
  readonly superseded: Promise<AppError>;
  /** Takes no new work, finishes what is under way, and lets the store go. */
  stop(): Promise<void>;
}

export interface RegistrySession {
  readonly registry: Registry;
  /** Whether a registry (normalised `host[:port]`) may be asked at all. */
  allows(host: string): boolean;
  close(): Promise<void>;
}
