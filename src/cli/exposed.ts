import type { Control } from "../control/control.ts";
import { AppError } from "../core/errors.ts";
import { sentence } from "../core/reason.ts";
import { imageKey } from "../core/reference.ts";
import { pullAddress } from "../core/text/web-address.ts";
import {
  type Affected,
  type Affectedness,
  type AffectedUse,
  affectednesses,
  isVulnerabilityId,
  normalId,
  ownersOf,
  urgencyOfFinding,
} from "../core/view/exposure.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { count, type Output, printJson, printLine, printNote, printTable, shortenDigests } from "./output.ts";

interface ExposedArguments {
  /** Of a vulnerability, in any case. */
  readonly id: string;
  /** Whether the uses that are not affected are listed too. */
  readonly all: boolean;
  readonly output: Output;
}

const BATCH = 500;
const WORDS: Readonly<Record<Affectedness, string>> = {
  "fix-ready": "fix ready",
  "no-fix": "no fix",
  unknown: "unknown",
  "not-affected": "not affected",
};

/**
 * `oakum exposed ID`: where a vulnerability is, by the scans of every digest in use. The exit code is 0 when it is nowhere, 1
 * when it is somewhere, and 3 when of some uses nobody knows.
 */
export async function runExposed(
  { id, all, output }: ExposedArguments,
  open: () => Promise<Control>,
): Promise<ExitCode> {
  if (!isVulnerabilityId(id))
    throw new AppError("INPUT", `${id} is not the id of a vulnerability, such as CVE-2026-31001`);
  const control = await open();
  try {
    const { counts, uses, finding } = await ask(control, id, all);
    if (output.json) for (const use of uses) printJson(output, jsonOf(use));
    else print(output, id, { counts, uses, ...(finding && { finding }) });
    return exitCode({ pending: counts["fix-ready"] + counts["no-fix"] > 0, unreachable: counts.unknown > 0 });
  } finally {
    await control.close();
  }
}

async function ask(control: Control, id: string, all: boolean): Promise<Affected> {
  const states = affectednesses.filter((state) => all || state !== "not-affected");
  const uses: AffectedUse[] = [];
  for (;;) {
    const answer = await control.ask("exposed", { id, states, offset: uses.length, limit: BATCH });
    uses.push(...answer.uses);
    if (answer.uses.length < BATCH) return { ...answer, uses };
  }
}

/** The fields are stable: scripts read them. */
function jsonOf(use: AffectedUse): object {
  return {
    state: use.state,
    reason: use.reason?.code ?? null,
    message: use.reason === undefined ? null : sentence(use.reason),
    repository: `${use.owner}/${use.name}`,
    branch: use.base ?? null,
    path: use.path,
    line: use.line,
    text: use.text,
    image: use.image === undefined ? null : imageKey(use.image),
    digest: use.digest ?? null,
    packages: use.packages,
    pull: linkOf(use) ?? null,
    owners: ownersOf(use),
  };
}

function print(output: Output, id: string, { counts, uses, finding }: Affected): void {
  if (finding !== undefined) {
    const names = [
      finding.id,
      ...finding.aliases.filter((one) => normalId(one) === normalId(id) && one !== finding.id),
    ];
    printLine(
      output,
      `${names.join(", ")}: ${urgencyOfFinding(finding)}, severity ${finding.severity}. ${finding.url}`,
    );
  }
  printTable(
    output,
    ["STATE", "REPOSITORY", "USE", "IMAGE", "PACKAGES", "PULL REQUEST", "OWNER", "WHY"],
    uses.map(rowOf),
  );
  const summary = affectednesses.map((state) => `${counts[state]} ${WORDS[state]}`).join(", ");
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  printNote(output, `oakum: ${normalId(id)} in ${count(total, "use")}: ${summary}`);
}

function rowOf(use: AffectedUse): readonly string[] {
  const packages = use.packages.map(({ name, installed, fixed }) => {
    return `${name} ${installed}${fixed.length === 0 ? "" : ` (fixed in ${fixed.join(", ")})`}`;
  });
  return [
    WORDS[use.state],
    `${use.owner}/${use.name}`,
    use.base === undefined ? `${use.path}:${use.line}` : `${use.path}:${use.line} on ${use.base}`,
    shortenDigests(use.text),
    packages.join("; "),
    linkOf(use) ?? "",
    ownersOf(use).join(" "),
    use.reason === undefined ? "" : sentence(use.reason),
  ];
}

function linkOf({ pull, repository, owner, name }: AffectedUse): string | undefined {
  return pull === undefined ? undefined : pullAddress({ host: repository.host, owner, name }, pull);
}
