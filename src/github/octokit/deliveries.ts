import type { WebhookDeliveries } from "../deliveries.ts";
import type { Client } from "./client.ts";

/** What GitHub lists at once, and all that is ever asked for. */
const MOST = 100;

/** The App's own webhooks, as GitHub recorded them. */
export function createDeliveries({ app }: Client): WebhookDeliveries {
  return {
    async failed() {
      const { data } = await app.rest.apps.listWebhookDeliveries({ status: "failure", per_page: MOST });
      return data.map(({ id, guid, delivered_at: at }) => ({ id, guid, at: Date.parse(at) }));
    },
    async redeliver(id) {
      await app.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    },
  };
}
