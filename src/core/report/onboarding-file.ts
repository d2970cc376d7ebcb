/** The branch of the pull request that turns proposing on. It has no base in its name: it is no update's. */
export const ONBOARDING_BRANCH = "oakum/onboarding";

export const ONBOARDING_TITLE = "Let Oakum propose updates of container images";

/** The `oakum.yml` that the pull request adds: Oakum's defaults, written out where a person may want them otherwise. */
export const ONBOARDING_FILE = `# Oakum's configuration for the whole organisation. A repository's .github/oakum.yml comes before it.
# Every key: docs/configuration.md of Oakum.
version: 1
mode: propose   # observe: look and report only

rules:
  # Whatever is exploited in the wild comes at once; a person still approves.
  - match: { urgency: known-exploited }
    minAge: 0d

  # New digests of the same tag and patch releases, once they have stayed on their tag for three days.
  - allow: [digest, patch]   # also: minor, major, os
    minAge: 3d
    merge: approval          # auto merges by itself: needs a passing verdict and a required check on the branch
    pin: digest              # a reference that is updated carries its digest from then on
    gate: { failOn: high }   # findings that the update newly introduces, at or above

# In each repository.
limits: { open: 3, perHour: 2 }

# Files that are listed and never changed:
# ignore: ["test/fixtures/**"]
`;

/** The body of the pull request. Nothing in it comes from outside. */
export const ONBOARDING_BODY = `Oakum looks at the repositories that it is installed on and proposes nothing. This pull request adds an \`oakum.yml\` with
\`mode: propose\`, by which it opens pull requests in them: at most three at a time in each, for new digests and patch releases, each with evidence, none
merged without a person's approval.

- **Merge it** to turn that on for all of them. Change the file here or later as you like; a repository can say otherwise in its \`.github/oakum.yml\`.
- **Close it** to have things stay as they are. It is not opened again; adding an \`oakum.yml\` by hand turns proposing on at any time.

Files that Renovate or Dependabot keeps up to date stay theirs either way: the report says how they would be handed over.
`;
