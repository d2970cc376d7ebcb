import type { Builder } from "../builder/builder.ts";
import type { Line } from "../core/line.ts";
import type { Repository } from "../core/repository.ts";
import type { Target } from "../core/rollout/rollout.ts";
import type { Priority } from "../core/write/priority.ts";
import type { Deployer } from "../deployer/deployer.ts";
import type { GitHub } from "../github/github.ts";
import type { Manager } from "../manager/manager.ts";
import type { Notifier } from "../notifier/notifier.ts";
import type { Registry } from "../registry/registry.ts";
import type { Scanner } from "../scanner/scanner.ts";
import type { Store } from "../store/store.ts";

/** A constant message, facts in fields. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the operator granted and set, as far as the steps ask for it. */
export interface Operation {
  /** The ids of the repositories that hold an organisation's `oakum.yml`: one for all, or each for its own account. */
  readonly policyRepositories: readonly number[];
  /** The targets of a repository in an environment; none when the operator granted none. */
  targets(repository: Repository, environment: string): readonly Target[];
  /** The environment that a file on a line of a repository describes; `undefined` when it describes none. */
  environmentOf(repository: Line, path: string): string | undefined;
  /** Whether a registry (`host[:port]`) may be asked at all. */
  allows(registry: string): boolean;
  /** Channels that configuration may name. */
  readonly channels: ReadonlySet<string>;
  /** Milliseconds between two sweeps, and between two looks at every registry. */
  readonly sweepEvery: number;
  readonly watchEvery: number;
}

/** Everything a step may see or touch. Built once, in app.ts. */
export interface Context {
  readonly store: Store;
  readonly github: GitHub;
  readonly registry: Registry;
  readonly managers: readonly Manager[];
  /** Names what extracts uses. Another one may extract more from the same commit, so what this one read is not its own. */
  readonly reader: string;
  readonly builder: Builder;
  readonly scanner: Scanner;
  readonly deployer: Deployer;
  readonly notifier: Notifier;
  readonly operation: Operation;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: Log;
}

/** One start of a job. Its acts count only while its fence is the highest taken for its key. */
export interface Run {
  readonly key: string;
  readonly fence: number;
  /** What it queues is as urgent as it is itself. */
  readonly priority: Priority;
}
