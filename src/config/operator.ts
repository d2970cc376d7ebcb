import { AppError } from "../core/errors.ts";
import { findProblems } from "./finding.ts";
import type { ConfigFile } from "./load.ts";
import { findUnsupported, OPERATOR_NOT_YET } from "./not-yet.ts";
import { type Operator, operatorSchemaBy } from "./operator-schema.ts";
import { describeProblem } from "./problem.ts";
import type { SecretReader } from "./secret.ts";
import { readYaml } from "./yaml.ts";

/**
 * Reads the operator's file (`OAKUM_CONFIG`); without one, what holds by default. Durations in seconds. Throws INPUT with all
 * that is wrong, a line each as `path:line:column: sentence`; never with a secret in it.
 */
export function loadOperator(file: ConfigFile | undefined, readSecret: SecretReader): Operator {
  const schema = operatorSchemaBy(readSecret);
  if (file === undefined) return schema.parse({});
  const { document, problems } = readYaml(file.text);
  if (document === undefined) throw invalid(file.path, problems);
  const parsed = schema.safeParse(document.value);
  if (parsed.success) {
    const unsupported = findUnsupported(document.value, OPERATOR_NOT_YET);
    if (unsupported.length === 0) return parsed.data;
    throw invalid(
      file.path,
      unsupported.map(({ path, sentence }) => ({ ...document.keyAt(path), sentence })),
    );
  }
  const found = findProblems(schema, document, parsed.error.issues);
  throw invalid(
    file.path,
    found.map(({ position, sentence }) => ({ ...position, sentence })),
  );
}

function invalid(
  path: string,
  problems: readonly { readonly line: number; readonly column: number; readonly sentence: string }[],
): AppError {
  return new AppError("INPUT", problems.map((problem) => describeProblem({ path, ...problem })).join("\n"));
}
