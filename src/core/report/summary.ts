import type { ReportInput } from "./input.ts";

/** What the organisation has, in numbers, and what to do next. */
export function summary(input: ReportInput): string {
  const { repositories, hidden, unplanned } = input;
  const outlooks = repositories.map(({ outlook }) => outlook);
  const uses = outlooks.flatMap(({ states }) => Object.values(states)).reduce((sum, count) => sum + count, 0);
  const updates = outlooks.reduce((sum, outlook) => sum + outlook.updates.total + (outlook.left?.total ?? 0), 0);
  const branches = repositories.filter(({ isLine }) => isLine).length;
  const others = branches === 0 ? "" : ` and ${count(branches, "other branch", "other branches")}`;
  const lines = [
    `**${count(repositories.length - branches, "repository", "repositories")}${others}, ${count(uses, "use", "uses")} of images, ${count(updates, "update", "updates")} known.**`,
    ...(unplanned > 0 ? [`${count(unplanned, "repository was", "repositories were")} not read yet.`] : []),
    ...(hidden > 0
      ? [
          `${count(hidden, "private repository is", "private repositories are")} left out, as this issue may be read by more people than they are.`,
        ]
      : []),
  ];
  return `${lines.join(" ")}\n\n${nextStep(input)}`;
}

function nextStep({ onboarding }: ReportInput): string {
  switch (onboarding.state) {
    case "configured":
      return "The organisation has an `oakum.yml`: it says what is proposed.";
    case "open":
      return `Oakum only looks, and proposes nothing. Merging #${onboarding.number} turns proposing on; closing it refuses that for good.`;
    case "refused":
      return "Oakum only looks, and proposes nothing. The pull request that would have turned proposing on was closed; an `oakum.yml` here, with `version: 1` and `mode: propose`, turns it on at any time.";
    case "impossible":
      return `Oakum only looks, and proposes nothing. It could not open the pull request that turns proposing on (${onboarding.why}); an \`oakum.yml\` here, with \`version: 1\` and \`mode: propose\`, does the same.`;
  }
}

/** `1 update`, `2 updates`. */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
