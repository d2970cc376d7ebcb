import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MOVABLE = fileURLToPath(new URL("../../sandbox/movable-clock.ts", import.meta.url));

/** A clock that an Oakum is started with, and that somebody sets. */
export class SetClock {
  readonly #file: string;
  /** What to add to the environment of the process. */
  readonly environment: Readonly<Record<string, string>>;

  constructor(folder: string) {
    this.#file = join(folder, "clock");
    this.environment = { NODE_OPTIONS: `--import=${MOVABLE}`, SANDBOX_CLOCK: this.#file };
    writeFileSync(this.#file, "0");
  }

  /** Sets the clock of the process so many milliseconds off what it truly is. */
  set({ pid }: { readonly pid: number }, milliseconds: number): void {
    writeFileSync(this.#file, String(milliseconds));
    process.kill(pid, "SIGUSR2");
  }
}
