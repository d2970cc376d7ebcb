import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileSet } from "../../src/core/use/use.ts";
import { ansible } from "../../src/manager/ansible/ansible.ts";
import { bake } from "../../src/manager/bake/bake.ts";
import { bazel } from "../../src/manager/bazel/bazel.ts";
import { buildpacks } from "../../src/manager/buildpacks/buildpacks.ts";
import { compose } from "../../src/manager/compose/compose.ts";
import { devcontainer } from "../../src/manager/devcontainer/devcontainer.ts";
import { dotnet } from "../../src/manager/dotnet/dotnet.ts";
import { gitops } from "../../src/manager/gitops/gitops.ts";
import { gradle } from "../../src/manager/gradle/gradle.ts";
import { helm } from "../../src/manager/helm/helm.ts";
import { jenkins } from "../../src/manager/jenkins/jenkins.ts";
import { ko } from "../../src/manager/ko/ko.ts";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { kustomize } from "../../src/manager/kustomize/kustomize.ts";
import type { Manager } from "../../src/manager/manager.ts";
import { maven } from "../../src/manager/maven/maven.ts";
import { nomad } from "../../src/manager/nomad/nomad.ts";
import { azurePipelines } from "../../src/manager/pipelines/azure-pipelines.ts";
import { bitbucketPipelines } from "../../src/manager/pipelines/bitbucket-pipelines.ts";
import { circleci } from "../../src/manager/pipelines/circleci.ts";
import { cloudBuild } from "../../src/manager/pipelines/cloud-build.ts";
import { drone } from "../../src/manager/pipelines/drone.ts";
import { githubActions } from "../../src/manager/pipelines/github-actions.ts";
import { gitlabCi } from "../../src/manager/pipelines/gitlab-ci.ts";
import { quadlet } from "../../src/manager/quadlet/quadlet.ts";
import { skaffold } from "../../src/manager/skaffold/skaffold.ts";
import { terraform } from "../../src/manager/terraform/terraform.ts";

const MANAGERS: readonly Manager[] = [
  compose,
  bake,
  devcontainer,
  gitops,
  helm,
  kubernetes,
  kustomize,
  azurePipelines,
  bitbucketPipelines,
  circleci,
  cloudBuild,
  drone,
  githubActions,
  gitlabCi,
  quadlet,
  buildpacks,
  dotnet,
  maven,
  bazel,
  gradle,
  jenkins,
  ansible,
  ko,
  skaffold,
  nomad,
  terraform,
];
const ROOT = join(import.meta.dirname, "..", "fixtures", "manager");
/** What is to be read, a line each: line, reference, platform, state and reason. */
const EXPECTED = "uses.txt";
const EDITED = "edited.txt";
/** What cannot be read, where anything: `line:column` and reason. */
const PROBLEMS = "problems.txt";

/** A folder of `test/fixtures/manager/<kind>/`: a file at the path that it would have in a repository, and those that are read along. */
export interface Case {
  readonly name: string;
  readonly manager: Manager;
  readonly path: string;
  readonly files: FileSet;
  readonly expected: string;
  readonly problems: string;
  /** The files that change once everything was moved to another tag and digest, one after the other, where that is written down. */
  readonly edited: string | undefined;
}

export const CASES: readonly Case[] = MANAGERS.flatMap((manager) =>
  readdirSync(join(ROOT, manager.kind)).map((name) => {
    const folder = join(ROOT, manager.kind, name);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => ![EXPECTED, EDITED, PROBLEMS].includes(file) && statSync(join(folder, file)).isFile(),
    );
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    const edited = existsSync(join(folder, EDITED)) ? read(EDITED) : undefined;
    const problems = existsSync(join(folder, PROBLEMS)) ? read(PROBLEMS) : "";
    const expected = read(EXPECTED);
    const path = paths.find((file) => manager.matches(file)) ?? "";
    const files = new Map(paths.toSorted().map((file) => [file, read(file)]));
    return { name: `${manager.kind}/${name}`, manager, path, files, expected, problems, edited };
  }),
);
