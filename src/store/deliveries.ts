export interface Deliveries {
  /** Remembers a webhook's delivery id; false when it is known already. */
  remember(id: string, at: number): Promise<boolean>;
}
