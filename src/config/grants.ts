import { baseOf, type Line } from "../core/line.ts";
import type { Repository } from "../core/repository.ts";
import { compileGlob } from "./glob.ts";
import type { Operator } from "./operator-schema.ts";

type Environment = Operator["environments"][number];
type Granted = Pick<Repository, "owner" | "name" | "repository">;
type Deployed = Environment & { readonly running: string; readonly creators: readonly string[] };

/** The first environment of this name that the operator lets a repository deploy to: by its name, and by its id if listed. */
export function grantedEnvironment(operator: Operator, name: string, repository: Granted): Deployed | undefined {
  return operator.environments.filter(isDeployed).find((one) => one.name === name && covers(one, repository));
}

/** The first environment that a file on a line of a repository describes, as the operator says. */
export function environmentOf(
  operator: Operator,
  repository: Granted & Pick<Line, "base" | "defaultBranch">,
  path: string,
): string | undefined {
  const described = operator.environments.find(
    (one) =>
      !isDeployed(one) &&
      covers(one, repository) &&
      (one.path === undefined || compileGlob(one.path)(path)) &&
      (one.branch === undefined || compileGlob(one.branch)(baseOf(repository))),
  );
  return described?.name;
}

/** One that files describe is deployed by whatever follows them. */
function isDeployed(one: Environment): one is Deployed {
  const { path, branch, running, creators } = one;
  return path === undefined && branch === undefined && running !== undefined && creators !== undefined;
}

function covers(one: Environment, { owner, name, repository }: Granted): boolean {
  return compileGlob(one.repository)(`${owner}/${name}`) && (one.ids === undefined || one.ids.includes(repository));
}

/** Where the operator says that what runs is to be asked, and whose word on deployments there counts. */
export function deliveryOf(operator: Operator, environment: string, repository: Granted) {
  const granted = grantedEnvironment(operator, environment, repository);
  if (granted === undefined) return undefined;
  const values = new Map([
    ["owner", repository.owner],
    ["name", repository.name],
    ["environment", environment],
  ]);
  const address = granted.running.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values.get(key) ?? ""));
  return { running: new URL(address), creators: granted.creators };
}

/** How a registry (`host[:port]`) may be asked: exactly as the operator lists it, or as a public one, or not at all. */
export function registryAccess(operator: Operator, isPublic: (host: string) => boolean) {
  const listed = new Map(operator.registries.map((registry) => [registry.host, registry]));
  return (host: string) => {
    const own = listed.get(host);
    if (own !== undefined) return { state: "allowed", plainHttp: own.plainHttp, private: own.private } as const;
    return isPublic(host)
      ? ({ state: "allowed", plainHttp: false, private: false } as const)
      : ({ state: "denied" } as const);
  };
}
