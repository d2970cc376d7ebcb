/** Who is logged in. */
export interface Sessions {
  /** Ends those that are over by `now` as well. */
  save(session: Session, now: number): Promise<void>;
  /** One that is not over by `now`. */
  find(id: string, now: number): Promise<Session | undefined>;
  remove(id: string): Promise<void>;
}

export interface Session {
  /** A hash of what the browser has: nobody can take a session over by what stands here. */
  readonly id: string;
  readonly login: string;
  /** The keys of the repositories that its person may read. */
  readonly repositories: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expires: number;
}
