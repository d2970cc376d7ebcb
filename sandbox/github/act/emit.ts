import { randomUUID } from "node:crypto";
import { covers } from "../access/actor.ts";
import type { App, Installation } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import type { Repository } from "../state/repository.ts";
import { accountOf, viewOrganization, viewUser } from "../view/account.ts";
import { nodeId } from "../view/address.ts";
import { viewRepository } from "../view/repository.ts";
import type { World } from "../world.ts";

/** Something that happened to a repository, for every App that subscribed. */
export interface RepositoryEvent {
  readonly event: string;
  readonly action?: string;
  readonly repository: Repository;
  /** The login of who did it. */
  readonly sender: string;
  readonly payload: Json;
  /** Only this App hears of it. */
  readonly only?: number;
}

/** Queues a webhook for each App that is installed on the repository and subscribed. They leave with the transaction. */
export function emit(world: World, happened: RepositoryEvent): void {
  const { event, action, repository } = happened;
  for (const installation of world.state.all("installation", (one) => covers(one, repository))) {
    const app = world.state.get("app", installation.app);
    if (app === undefined || !installation.events.includes(event)) continue;
    if (happened.only !== undefined && happened.only !== app.id) continue;
    const organization = accountOf(world, repository.owner).type === "Organization";
    queueDelivery(world, app, installation, event, {
      ...(action === undefined ? {} : { action }),
      // A push describes the repository in its own way.
      repository: viewRepository(world, repository),
      ...happened.payload,
      ...(organization ? { organization: viewOrganization(world, repository.owner) } : {}),
      sender: viewUser(world, happened.sender),
      installation: { id: installation.id, node_id: nodeId("Integration", installation.id) },
    });
  }
}

/** Queues one webhook to one App, checked against GitHub's contract. */
export function queueDelivery(world: World, app: App, installation: Installation, event: string, payload: Json): void {
  if (app.webhookUrl === "") return;
  const problem = world.webhooks.problem(event, payload);
  if (problem !== undefined) {
    world.violations.add({ of: "webhook", subject: event, detail: problem });
    throw new Error(`webhook ${problem}`);
  }
  world.state.put("delivery", {
    id: world.state.nextId(),
    guid: randomUUID(),
    app: app.id,
    installation: installation.id,
    repository: (payload.repository as { id: number } | undefined)?.id ?? null,
    event,
    action: (payload.action as string | undefined) ?? null,
    payload,
    redelivery: false,
    createdAt: world.timestamp(),
  });
}
