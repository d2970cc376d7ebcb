/**
 * The kinds of file that uses are read from, by the names that `oakum list`, docs/files.md and rules have for them. Each is
 * the kind of one manager.
 */
export const KINDS = [
  "dockerfile",
  "compose",
  "bake",
  "devcontainer",
  "kubernetes",
  "kustomize",
  "helm",
  "gitops",
  "quadlet",
  "github-actions",
  "gitlab-ci",
  "circleci",
  "azure-pipelines",
  "bitbucket-pipelines",
  "drone",
  "cloud-build",
  "buildpacks",
  "dotnet",
  "maven",
  "gradle",
  "bazel",
  "skaffold",
  "ko",
  "jenkins",
  "ansible",
  "terraform",
  "nomad",
] as const;

export type Kind = (typeof KINDS)[number];
