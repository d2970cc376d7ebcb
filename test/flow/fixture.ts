/** What differs between the configurations of the tests; everything else is as in the demo. */
export interface Wish {
  readonly mode?: "observe" | "propose";
  readonly minAge?: string;
  readonly merge?: "auto" | "approval" | "never";
  readonly allow?: string;
  readonly environments?: readonly string[];
  /** Further lines, as they are. */
  readonly more?: readonly string[];
}

/** `.github/oakum.yml` of a repository whose images go to `image`. */
export function configOf(image: string, wish: Wish = {}): string {
  const { mode = "propose", minAge = "0d", merge = "never", allow = "digest, patch", environments = [] } = wish;
  return [
    "version: 1",
    `mode: ${mode}`,
    "rules:",
    `  - { allow: [${allow}], minAge: ${minAge}, merge: ${merge} }`,
    "builds:",
    `  - { path: "**", workflow: build.yml, image: "${image}:sha-{sha}" }`,
    ...(environments.length === 0 ? [] : ["deploy:", ...environments.map((entry) => `  - { ${entry} }`)]),
    'notify: ["webhook:chat"]',
    ...(wish.more ?? []),
    "",
  ].join("\n");
}

/** `.github/workflows/build.yml`, which the tests' CI runs. */
export const WORKFLOW = `name: build
run-name: build \${{ inputs.oakum }}
on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      oakum: { description: Oakum's correlation id, required: false, type: string }
      sha: { description: The commit to build, required: false, type: string }
jobs:
  build:
    runs-on: ubuntu-latest
    steps: []
`;
