import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** Where pushes are told, and the headers that prove who tells. */
export interface NotificationEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Pushed {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly tag?: string;
}

/** The request that pushed, and the repository that it pushed to. */
interface Push {
  readonly request: IncomingMessage;
  readonly repository: string;
}

/** Tells of a push, later and in order. */
export type Notify = (push: Push, pushed: Pushed) => void;

export interface Notifications {
  readonly notify: Notify;
  /** Drops what was not told yet. */
  stop(): Promise<void>;
}

const TYPE = "application/vnd.docker.distribution.events.v1+json";
const FIRST_PAUSE = 100;
/** Short, because the receiver may be started after the first pushes. */
const LONGEST_PAUSE = 500;
const PATIENCE = 5_000;

/** Events as the distribution registry sends them, one after another, each until it is taken. */
export function createNotifications(endpoint: NotificationEndpoint | undefined): Notifications {
  const stopping = new AbortController();
  let last: Promise<void> = Promise.resolve();

  async function deliver(endpoint: NotificationEndpoint, envelope: string): Promise<void> {
    for (let pause = FIRST_PAUSE; !stopping.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      if (await taken(endpoint, envelope, stopping.signal)) return;
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    notify(push, pushed) {
      if (endpoint === undefined) return;
      const envelope = JSON.stringify({ events: [event(push, pushed)] });
      last = last.then(() => deliver(endpoint, envelope));
    },
    async stop() {
      stopping.abort();
      await last;
    },
  };
}

async function taken({ url, headers }: NotificationEndpoint, body: string, stopping: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(PATIENCE)]);
  try {
    const response = await fetch(url, { method: "POST", headers: { ...headers, "content-type": TYPE }, body, signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function event({ request, repository }: Push, { mediaType, digest, size, tag }: Pushed) {
  const host = request.headers.host ?? "";
  const kind = mediaType === "application/octet-stream" ? "blobs" : "manifests";
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    action: "push",
    target: {
      ...{ mediaType, size, digest, length: size, repository },
      url: `http://${host}/v2/${repository}/${kind}/${digest}`,
      ...(tag === undefined ? {} : { tag }),
    },
    request: {
      id: randomUUID(),
      addr: `${request.socket.remoteAddress}:${request.socket.remotePort}`,
      host,
      method: request.method,
      useragent: request.headers["user-agent"] ?? "",
    },
    actor: {},
    source: { addr: host, instanceID: "sandbox" },
  };
}
