import type { Context } from "../../src/flow/context.ts";

/** The process died here. */
export class Crash extends Error {}

type Asked = (...args: never[]) => Promise<unknown>;

/** What changes the world outside, by port. */
const ACTS: Readonly<Record<string, readonly string[]>> = {
  branches: ["commit", "move"],
  pulls: ["open", "update", "label", "merge"],
  checks: ["report"],
  workflows: ["dispatch", "cancel"],
  deployments: ["create", "setStatus"],
};

/** Counts what is done outside, and throws `Crash` right after the act of a number: done, and nobody knows. */
export class Acts {
  readonly done: string[] = [];
  #crashAfter = Number.POSITIVE_INFINITY;

  /** From 1, over all acts that have been done and will be. */
  crashAfter(number: number): void {
    this.#crashAfter = number;
  }

  /** The port with its acts counted. */
  around(github: Context["github"]): Context["github"] {
    const parts = Object.entries(github).map(([name, part]) => [name, this.#watch(name, part)]);
    return Object.fromEntries(parts) as Context["github"];
  }

  notifier(notifier: Context["notifier"]): Context["notifier"] {
    return { ...notifier, send: this.#counted("notifier.send", notifier.send) };
  }

  #watch(name: string, part: object): object {
    const methods = Object.entries(part).map(([method, ask]) => {
      const isAct = ACTS[name]?.includes(method) === true;
      return [method, isAct ? this.#counted(`${name}.${method}`, ask as Asked) : ask];
    });
    return Object.fromEntries(methods);
  }

  #counted<A extends never[], T>(name: string, perform: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return async (...args) => {
      const answer = await perform(...args);
      this.done.push(name);
      if (this.done.length === this.#crashAfter) throw new Crash(`after ${name}`);
      return answer;
    };
  }
}
