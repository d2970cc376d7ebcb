import manifest from "../../package.json" with { type: "json" };
import { ansible } from "../manager/ansible/ansible.ts";
import { bake } from "../manager/bake/bake.ts";
import { bazel } from "../manager/bazel/bazel.ts";
import { buildpacks } from "../manager/buildpacks/buildpacks.ts";
import { compose } from "../manager/compose/compose.ts";
import { devcontainer } from "../manager/devcontainer/devcontainer.ts";
import { dockerfile } from "../manager/dockerfile/dockerfile.ts";
import { dotnet } from "../manager/dotnet/dotnet.ts";
import { gitops } from "../manager/gitops/gitops.ts";
import { gradle } from "../manager/gradle/gradle.ts";
import { helm } from "../manager/helm/helm.ts";
import { jenkins } from "../manager/jenkins/jenkins.ts";
import { ko } from "../manager/ko/ko.ts";
import { kubernetes } from "../manager/kubernetes/kubernetes.ts";
import { kustomize } from "../manager/kustomize/kustomize.ts";
import type { Manager } from "../manager/manager.ts";
import { maven } from "../manager/maven/maven.ts";
import { nomad } from "../manager/nomad/nomad.ts";
import { azurePipelines } from "../manager/pipelines/azure-pipelines.ts";
import { bitbucketPipelines } from "../manager/pipelines/bitbucket-pipelines.ts";
import { circleci } from "../manager/pipelines/circleci.ts";
import { cloudBuild } from "../manager/pipelines/cloud-build.ts";
import { drone } from "../manager/pipelines/drone.ts";
import { githubActions } from "../manager/pipelines/github-actions.ts";
import { gitlabCi } from "../manager/pipelines/gitlab-ci.ts";
import { quadlet } from "../manager/quadlet/quadlet.ts";
import { skaffold } from "../manager/skaffold/skaffold.ts";
import { terraform } from "../manager/terraform/terraform.ts";

/** Every kind of file that is read. */
export const MANAGERS: readonly Manager[] = [
  dockerfile,
  compose,
  bake,
  devcontainer,
  kubernetes,
  kustomize,
  helm,
  gitops,
  quadlet,
  githubActions,
  gitlabCi,
  circleci,
  azurePipelines,
  bitbucketPipelines,
  drone,
  cloudBuild,
  buildpacks,
  dotnet,
  maven,
  gradle,
  bazel,
  skaffold,
  ko,
  jenkins,
  ansible,
  terraform,
  nomad,
];

/** A release may extract more than the one before it, and so may one more manager. */
export function reader(): string {
  return [manifest.version, "owners", "comments", ...MANAGERS.map(({ kind }) => kind)].join(" ");
}
