import type { Logger } from "pino";
import type { ServeEnvironment } from "../config/environment.ts";
import type { Operator } from "../config/operator-schema.ts";
import type { WriteLimits } from "../core/write/window.ts";
import type { GitHub } from "../github/github.ts";
import type { Metrics } from "../server/metrics.ts";
import type { Server } from "../server/server.ts";
import type { OpenStore } from "../store/store.ts";

/** What is open in a process that works for the App. */
export interface Opened {
  readonly operator: Operator;
  readonly store: OpenStore;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly github: GitHub;
  readonly limits: WriteLimits | undefined;
}

/** Everything that GitHub, registries and people ask of the App over HTTP. */
export async function openServer(parts: Opened & { readonly environment: ServeEnvironment }): Promise<Server> {
  const { environment, operator, store, metrics, limits, log } = parts;
  const { signatureVerifier } = await import("../server/webhook-signature.ts");
  const { createServer } = await import("../server/server.ts");
  const { createDistributionHook } = await import("../registry/hooks/distribution.ts");
  const verify = signatureVerifier(environment.webhookSecret.reveal());
  const hooks = operator.registries.flatMap(({ host, hook }) =>
    hook === undefined
      ? []
      : [[host, createDistributionHook({ registry: host, token: hook.secret.reveal() })] as const],
  );
  const events = {
    host: environment.github.host,
    app: environment.appId,
    accepts: await parts.github.installations.served(),
  };
  const logins = await openLogins(environment);
  const isReported = operator.policyRepository !== undefined;
  return createServer({
    ...{ verify, events, hooks: new Map(hooks), store, metrics, log, now: Date.now },
    ...{ isReported, proxies: environment.proxies, ...(limits && { limits }), ...logins },
  });
}

/** Without the App's client secret nobody can log in, and the page is shown on this machine alone. */
async function openLogins({ github: { host, api, web }, login }: ServeEnvironment) {
  if (login === undefined) return {};
  const { createLogins } = await import("../github/octokit/logins.ts");
  const { clientId, clientSecret } = login;
  const options = { host, api, web, clientId, clientSecret: clientSecret.reveal(), fetch, now: Date.now };
  return { logins: createLogins(options) };
}
