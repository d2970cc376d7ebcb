import { asApp, type Operations } from "../operation.ts";
import { must } from "../refusal.ts";
import type { App, Delivery } from "../state/access.ts";
import type { Json } from "../state/json.ts";
import { deliveryHeaders } from "../webhook/headers.ts";
import type { World } from "../world.ts";

function deliveriesOf(world: World, app: App): readonly Delivery[] {
  return world.state.all("delivery", (one) => one.app === app.id && one.answer !== undefined).toReversed();
}

const succeeded = (delivery: Delivery) => {
  const code = delivery.answer?.code ?? 0;
  return code >= 200 && code < 300;
};

function statusText(delivery: Delivery): string {
  if (delivery.answer?.code === 0) return "failed to connect to host";
  return succeeded(delivery) ? "OK" : "Invalid HTTP Response";
}

function viewDelivery(delivery: Delivery): Json {
  const answer = delivery.answer;
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.createdAt,
    redelivery: delivery.redelivery,
    duration: answer?.seconds ?? 0,
    status: statusText(delivery),
    status_code: answer?.code ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installation,
    repository_id: delivery.repository,
    throttled_at: null,
  };
}

function viewConfig(app: App): Json {
  return { content_type: "json", insecure_ssl: "0", secret: "********", url: app.webhookUrl };
}

export const hooks: Operations = {
  ...asApp("apps/get-webhook-config-for-app", ({ app }) => ({ status: 200, body: viewConfig(app) })),

  ...asApp("apps/update-webhook-config-for-app", ({ world, app, parameters }) => {
    const { url = app.webhookUrl, secret = app.webhookSecret } = parameters;
    const changed = world.state.put("app", { ...app, webhookUrl: url, webhookSecret: secret });
    return { status: 200, body: viewConfig(changed) };
  }),

  ...asApp("apps/list-webhook-deliveries", ({ world, app, parameters }) => {
    const { cursor, per_page: size = 30 } = parameters;
    const status = parameters.status;
    const after = deliveriesOf(world, app).filter(
      (one) =>
        (cursor === undefined || one.id < Number(cursor)) &&
        (status === undefined || succeeded(one) === (status === "success")),
    );
    const shown = after.slice(0, Math.min(size, 100));
    const last = shown.at(-1);
    const more = last !== undefined && after.length > shown.length;
    return { status: 200, body: shown.map(viewDelivery), ...(more ? { cursor: String(last.id) } : {}) };
  }),

  ...asApp("apps/get-webhook-delivery", ({ world, app, parameters }) => {
    const found = must(deliveriesOf(world, app).find((one) => one.id === parameters.delivery_id));
    const body = {
      ...viewDelivery(found),
      url: found.answer?.url ?? app.webhookUrl,
      request: { headers: deliveryHeaders(app, found, ""), payload: found.payload },
      response: { headers: {}, payload: found.answer?.text ?? "" },
    };
    return { status: 200, body };
  }),

  ...asApp("apps/redeliver-webhook-delivery", ({ world, app, parameters }) => {
    const { answer: _, ...found } = must(deliveriesOf(world, app).find((one) => one.id === parameters.delivery_id));
    world.state.put("delivery", { ...found, id: world.state.nextId(), redelivery: true, createdAt: world.timestamp() });
    return { status: 202, body: {} };
  }),
};
