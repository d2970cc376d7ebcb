import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The replicas of one workload, each with the digest it runs. */
export interface Workload {
  readonly replicas: readonly string[];
  readonly healthy: boolean;
}

/** Every workload of the sandbox, kept in one file so that a restart goes on where it was. */
export class Cluster {
  readonly #file: string;
  readonly #workloads: Map<string, Workload>;

  constructor(folder: string) {
    this.#file = join(folder, "workloads.json");
    this.#workloads = new Map(Object.entries(readState(this.#file)));
  }

  get(key: string): Workload | undefined {
    return this.#workloads.get(key);
  }

  set(key: string, workload: Workload): void {
    this.#workloads.set(key, workload);
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify(Object.fromEntries(this.#workloads)));
    renameSync(next, this.#file);
  }
}

function readState(file: string): Record<string, Workload> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, Workload>;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}
