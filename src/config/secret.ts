import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** Characters of a secret by which someone outside proves who they are: fewer can be guessed. */
export const SHORTEST_SECRET = 16;

/** A value that shows itself only to who asks for it by name: printed, logged or serialised it is `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** What stands behind `env:NAME` or `file:PATH`; `undefined` when nothing does. */
export type SecretReader = (source: string) => string | undefined;

/** Reads secrets from these variables and, by `readFile`, from files; one line end at the end of a file is not part of it. */
export function createSecretReader(
  variables: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): SecretReader {
  return (source) => {
    if (source.startsWith("env:")) return variables[source.slice("env:".length)] || undefined;
    return readSecretFile(source.slice("file:".length), readFile);
  };
}

function readSecretFile(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path).replace(/\r?\n$/, "") || undefined;
  } catch {
    return undefined;
  }
}
