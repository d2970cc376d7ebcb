/** What people are told. `key` lets a receiver drop what it already has. All text is plain; the adapter escapes it. */
export interface Notice {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly url?: string;
}

/** A channel of the operator's file, by name. */
export interface Notifier {
  readonly kind: string;
  send(channel: string, notice: Notice): Promise<void>;
}
