import type { Kind } from "../../core/use/kind.ts";

/** A manager of Renovate's that reads images from files that Oakum reads too (lib/modules/manager/NAME/index.ts). */
export interface RenovateManager {
  readonly name: string;
  /** What these files are to Oakum: first what it is for, then what its patterns take in as well. */
  readonly kinds: readonly Kind[];
  /** Its own patterns of files; those of a configuration come on top. */
  readonly patterns: readonly RegExp[];
  readonly categories: readonly string[];
  /** Whether it does nothing unless a configuration turns it on. */
  readonly isOff?: true;
  /**
   * Whether it changes images in files, or places of files, that Oakum leaves alone: then the files are handed over by their
   * names, so that nothing is left without anybody.
   */
  readonly readsMore?: true;
}

export const RENOVATE_MANAGERS: readonly RenovateManager[] = [
  {
    name: "dockerfile",
    kinds: ["dockerfile"],
    patterns: [/(^|\/|\.)([Dd]ocker|[Cc]ontainer)file$/, /(^|\/)([Dd]ocker|[Cc]ontainer)file[^/]*$/],
    categories: ["docker"],
  },
  {
    name: "docker-compose",
    kinds: ["compose"],
    patterns: [/(^|\/)(?:docker-)?compose[^/]*\.ya?ml$/],
    categories: ["docker"],
  },
  {
    name: "devcontainer",
    kinds: ["devcontainer"],
    patterns: [/^\.devcontainer\/devcontainer\.json$/, /^\.devcontainer\.json$/],
    categories: ["docker"],
  },
  { name: "kubernetes", kinds: ["kubernetes"], patterns: [], categories: ["kubernetes"], readsMore: true },
  { name: "tekton", kinds: ["kubernetes"], patterns: [], categories: ["ci", "cd"], readsMore: true },
  {
    name: "flux",
    kinds: ["gitops", "kubernetes"],
    patterns: [/(?:^|\/)gotk-components\.ya?ml$/],
    categories: ["cd", "kubernetes"],
    readsMore: true,
  },
  { name: "argocd", kinds: ["gitops"], patterns: [], categories: ["kubernetes", "cd"], readsMore: true },
  {
    name: "kustomize",
    kinds: ["kustomize"],
    patterns: [/(^|\/)kustomization\.ya?ml$/],
    categories: ["kubernetes"],
  },
  { name: "helm-values", kinds: ["helm"], patterns: [/(^|\/)values\.ya?ml$/], categories: ["helm", "kubernetes"] },
  {
    name: "quadlet",
    kinds: ["quadlet"],
    patterns: [/.+\.container$/, /.+\.image$/, /.+\.volume$/],
    categories: ["docker"],
  },
  {
    name: "github-actions",
    kinds: ["github-actions"],
    patterns: [
      /(^|\/)(workflow-templates|\.(?:github|gitea|forgejo)\/(?:workflows|actions))\/.+\.ya?ml$/,
      /(^|\/)action\.ya?ml$/,
    ],
    categories: ["ci"],
    readsMore: true,
  },
  { name: "gitlabci", kinds: ["gitlab-ci"], patterns: [/\.gitlab-ci\.ya?ml$/], categories: ["ci"] },
  { name: "circleci", kinds: ["circleci"], patterns: [/(^|\/)\.circleci\/.+\.ya?ml$/], categories: ["ci"] },
  {
    name: "azure-pipelines",
    kinds: ["azure-pipelines"],
    patterns: [/(^|\/).azuredevops\/.+\.ya?ml$/, /azure.*pipelines?.*\.ya?ml$/],
    categories: ["ci"],
    isOff: true,
  },
  {
    name: "bitbucket-pipelines",
    // `azure-pipelines.yml` has lines with `image:` as well. Renovate writes the pattern as the glob `**/*-pipelines.yml`.
    kinds: ["bitbucket-pipelines", "azure-pipelines"],
    patterns: [/(^|\/)[^/]*-pipelines\.yml$/i],
    categories: ["ci"],
  },
  { name: "droneci", kinds: ["drone"], patterns: [/(^|\/)\.drone\.yml$/], categories: ["ci"] },
  { name: "woodpecker", kinds: ["drone"], patterns: [/^\.woodpecker(?:\/[^/]+)?\.ya?ml$/], categories: ["ci"] },
  { name: "cloudbuild", kinds: ["cloud-build"], patterns: [/(^|\/)cloudbuild\.ya?ml/], categories: ["ci"] },
  { name: "buildpacks", kinds: ["buildpacks"], patterns: [/(^|\/)project\.toml$/], categories: ["docker"] },
  {
    name: "nuget",
    kinds: ["dotnet"],
    patterns: [/\.(?:cs|fs|vb|sql)proj$/, /\.(?:props|targets)$/],
    categories: ["dotnet"],
  },
  {
    name: "maven",
    kinds: ["maven"],
    patterns: [/(^|\/|\.)pom\.xml$/, /(^|\/)pom\.template\.xml$/],
    categories: ["java"],
    readsMore: true,
  },
  {
    name: "bazel-module",
    kinds: ["bazel"],
    patterns: [/(^|\/|\.)MODULE\.bazel$/],
    categories: ["bazel"],
    readsMore: true,
  },
  {
    name: "bazel",
    kinds: ["bazel"],
    patterns: [/(^|\/)WORKSPACE(|\.bazel|\.bzlmod)$/, /\.WORKSPACE\.bazel$/, /\.bzl$/],
    categories: ["bazel"],
    readsMore: true,
  },
  {
    name: "ansible",
    kinds: ["ansible"],
    patterns: [/(^|\/)tasks\/[^/]+\.ya?ml$/],
    categories: ["ansible", "iac"],
    readsMore: true,
  },
  {
    name: "terraform",
    kinds: ["terraform"],
    patterns: [/(^|\/)[^/]*\.(?:tf|tofu)$/i],
    categories: ["iac", "terraform"],
    readsMore: true,
  },
];
