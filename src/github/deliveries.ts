/** Webhooks to this App, as GitHub keeps them for three days. */
export interface WebhookDeliveries {
  /** Those that failed, the newest first, a hundred at most. */
  failed(): Promise<readonly FailedDelivery[]>;
  /** Has one sent again, under the same guid. */
  redeliver(id: number): Promise<void>;
}

export interface FailedDelivery {
  readonly id: number;
  readonly guid: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
