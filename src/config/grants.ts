import type { Repository } from "../core/repository.ts";
import { compileGlob } from "./glob.ts";
import type { Operator } from "./operator-schema.ts";

type Environment = Operator["environments"][number];
type Granted = Pick<Repository, "owner" | "name" | "repository">;

/** The first environment of this name that the operator lets a repository deploy to: by its name, and by its id if listed. */
export function grantedEnvironment(operator: Operator, name: string, repository: Granted): Environment | undefined {
  const fullName = `${repository.owner}/${repository.name}`;
  return operator.environments.find(
    (one) =>
      one.name === name &&
      compileGlob(one.repository)(fullName) &&
      (one.ids === undefined || one.ids.includes(repository.repository)),
  );
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
