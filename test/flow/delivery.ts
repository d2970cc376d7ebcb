import type { Digest } from "../../src/core/reference.ts";
import type { TestRepository } from "./repository.ts";

export const CREATOR = "acme-delivery";

interface Workload {
  readonly digests: readonly Digest[];
  readonly healthy: boolean;
}

/** How a deployment goes: `silent` is never reported on. */
type Course = "succeeds" | "fails" | "unhealthy" | "silent";

/** The organisation's delivery, in this process: it takes deployments up, reports statuses, and knows what runs. */
export class Delivery {
  readonly #workloads = new Map<string, Workload>();
  readonly #courses = new Map<string, Course>();
  readonly #repositories: () => readonly TestRepository[];
  readonly #report: (repository: TestRepository, deployment: number, state: string) => Promise<void>;

  constructor(
    repositories: () => readonly TestRepository[],
    report: (repository: TestRepository, deployment: number, state: string) => Promise<void>,
  ) {
    this.#repositories = repositories;
    this.#report = report;
  }

  /** What runs in `name/environment`. */
  runs(place: string): Workload {
    return this.#workloads.get(place) ?? { digests: [], healthy: true };
  }

  setRunning(place: string, workload: Workload): void {
    this.#workloads.set(place, workload);
  }

  /** How the next deployment to `name/environment` goes; a later one succeeds. */
  next(place: string, course: Course): void {
    this.#courses.set(place, course);
  }

  /** Takes up every deployment that nobody of the delivery has reported on; whether there was one. */
  async work(): Promise<boolean> {
    let worked = false;
    for (const repository of this.#repositories()) {
      const { deployments } = await repository.shown();
      for (const { id, environment, payload, statuses } of deployments) {
        const place = `${repository.name}/${environment}`;
        if (statuses.some(({ creator }) => creator === CREATOR)) continue;
        worked = (await this.#take(repository, id, place, digestOf(payload))) || worked;
      }
    }
    return worked;
  }

  async #take(repository: TestRepository, deployment: number, place: string, digest: Digest): Promise<boolean> {
    const course = this.#courses.get(place) ?? "succeeds";
    if (course === "silent") return false;
    this.#courses.delete(place);
    if (course === "fails") {
      this.setRunning(place, { digests: [...this.runs(place).digests, digest], healthy: false });
    } else {
      this.setRunning(place, { digests: [digest], healthy: course === "succeeds" });
    }
    await this.#report(repository, deployment, course === "fails" ? "failure" : "success");
    return true;
  }
}

function digestOf(payload: unknown): Digest {
  const { oakum } = payload as { readonly oakum: { readonly image: string } };
  return oakum.image.slice(oakum.image.indexOf("@") + 1) as Digest;
}
