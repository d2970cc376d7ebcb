import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatReference } from "../../src/core/reference.ts";
import type { Problem, Span, Use } from "../../src/core/use/use.ts";

const ROOT = join(import.meta.dirname, "..", "fixtures", "manager");

/** A folder of `test/fixtures/manager/<kind>/`: the input, what is to be read from it, and what an edit makes of it. */
export interface Fixture {
  readonly name: string;
  readonly text: string;
  /** A file of the folder, or `undefined` where there is none. */
  read(file: string): string | undefined;
  json(file: string): unknown;
}

/** All fixtures of one kind; the input file of each is named `input`. */
export function fixtures(kind: string, input: string): readonly Fixture[] {
  return readdirSync(join(ROOT, kind))
    .toSorted()
    .map((name) => {
      const read = (file: string): string | undefined => {
        const path = join(ROOT, kind, name, file);
        return existsSync(path) ? readFileSync(path, "utf8") : undefined;
      };
      const json = (file: string): unknown => {
        const text = read(file);
        return text === undefined ? undefined : JSON.parse(text);
      };
      return { name, text: read(input) ?? "", read, json };
    });
}

/** A use as the fixtures write it down. */
export function summary(use: Use): unknown {
  const { line, role, text, resolved, reference, variables, platform, blocked, pieces, carries } = use;
  return {
    line,
    role,
    text,
    span: range(use.span),
    ...(resolved !== undefined && { resolved }),
    ...(reference && { reference: formatReference(reference) }),
    ...(variables.length > 0 && { variables: variables.map((one) => [one.name, one.value, ...range(one)]) }),
    ...(pieces && { pieces: pieces.map((piece) => piece.text) }),
    ...(carries && { carries }),
    ...(platform !== undefined && { platform }),
    ...(blocked && { blocked: [blocked.state, blocked.reason.code, blocked.reason.detail ?? ""].join(" ").trim() }),
  };
}

/** A problem as the fixtures write it down. */
export function problemSummary({ line, column, reason }: Problem): unknown {
  return { line, column, reason: [reason.code, reason.detail ?? ""].join(" ").trim() };
}

function range({ start, end }: Span): readonly [number, number] {
  return [start, end];
}
