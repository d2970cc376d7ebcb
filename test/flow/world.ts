import type { TestContext } from "vitest";
import type { Control } from "../../sandbox/control.ts";
import type { Job } from "../../src/core/job.ts";
import type { LedgerEntry } from "../../src/core/ledger.ts";
import type { Digest } from "../../src/core/reference.ts";
import type { RepositoryId } from "../../src/core/repository.ts";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { type Job as BuildJob, type Result as BuildResult, buildWell, runCi } from "./ci.ts";
import { Delivery } from "./delivery.ts";
import { configOf, type Wish, WORKFLOW } from "./fixture.ts";
import { type BASES, pushBase } from "./images.ts";
import { Oakum } from "./oakum.ts";
import { TestRepository, type Written } from "./repository.ts";
import { takeStore } from "./stores.ts";
import { APP, Surroundings } from "./surroundings.ts";

/** What a repository of a test has beside what every one has. */
export interface RepositoryWish extends Wish {
  readonly files?: Readonly<Record<string, Written>>;
  readonly private?: boolean;
  /** Whether a ruleset requires the gate's check; it does unless told otherwise. */
  readonly required?: boolean;
}

/** GitHub, a registry, advisories, CI and delivery around one Oakum, in the time of the test. */
export class World {
  readonly around: Surroundings;
  store: OpenStore;
  readonly delivery: Delivery;
  readonly oakum: Oakum;
  /** How CI builds; a test may change it. */
  build: (job: BuildJob) => Promise<BuildResult>;
  readonly #repositories: TestRepository[] = [];

  private constructor(store: OpenStore, around: Surroundings) {
    this.around = around;
    this.store = store;
    this.build = buildWell(around.registry, (job) => this.#dockerfileOf(job));
    const report = (repository: TestRepository, id: number, state: string) =>
      this.report(repository, id, state, around.tokens.delivery);
    this.delivery = new Delivery(() => this.#repositories, report);
    this.oakum = new Oakum(this);
  }

  /**
   * A world for one test, which ends with it; then nothing may have strayed from what GitHub documents. Without `ci`,
   * nothing is built, and so nothing judged.
   */
  static async start({ onTestFinished }: TestContext, { ci = true } = {}): Promise<World> {
    const world = new World(await takeStore(), await Surroundings.start());
    if (!ci) world.build = async () => "queued";
    await world.oakum.start();
    onTestFinished(async () => {
      await world.oakum.stop();
      await world.store.close();
      const violations = await world.around.stop();
      if (violations.length > 0) throw new Error(`strayed from GitHub's contract: ${JSON.stringify(violations)}`);
    });
    return world;
  }

  async #dockerfileOf({ name, headSha }: BuildJob): Promise<string> {
    const place = { name, control: this.control, github: this.around.github, token: this.around.tokens.person };
    return String(await new TestRepository({ id: 0, ...place }).file(headSha, "Dockerfile"));
  }

  /** Loses the store, and starts again with an empty one. */
  async lose(): Promise<void> {
    await this.store.close();
    this.store = await takeStore();
    await this.oakum.start();
  }

  get registry(): string {
    return this.around.registry;
  }

  get control(): Control {
    return this.around.control;
  }

  get host(): string {
    return new URL(this.registry).host;
  }

  /** Lets a tag of `library/<name>` name a base image, as its publisher does. */
  publish(name: string, tag: string, contents: keyof typeof BASES): Promise<Digest> {
    return pushBase(this.registry, `library/${name}`, tag, contents);
  }

  /** How a Dockerfile names a base; with `digest`, pinned. */
  reference(name: string, tag: string, digest?: Digest): string {
    return `${this.host}/library/${name}:${tag}${digest === undefined ? "" : `@${digest}`}`;
  }

  /** A repository of `acme` whose Dockerfile stands on `base:1.4`, unless it has other files. CI has built its main. */
  async repository(
    name: string,
    { files = {}, required = true, private: isPrivate = false, ...wish }: RepositoryWish = {},
  ) {
    const image = `${this.host}/acme/${name}`;
    const place = { owner: "acme", name };
    const all = { ".github/workflows/build.yml": WORKFLOW, ".github/oakum.yml": configOf(image, wish), ...files };
    const { id } = await this.control.post<{ id: number }>("repositories", {
      ...place,
      private: isPrivate,
      files: textsOf(all),
      runs: true,
    });
    const repository = new TestRepository({
      id,
      name,
      control: this.control,
      github: this.around.github,
      token: this.around.tokens.person,
    });
    const others = Object.fromEntries(Object.entries(all).filter(([, written]) => typeof written !== "string"));
    if (Object.keys(others).length > 0) await repository.push(others);
    const requiredChecks = [{ context: "oakum", app: APP }];
    if (required) await this.control.post("rulesets", { ...place, branch: "main", requiredChecks });
    this.#repositories.push(repository);
    await runCi(this.control, this.build);
    return repository;
  }

  /** A repository on the pinned old `base:1.4`, and the patched base published and not looked at yet. */
  async patchedShop(wish: RepositoryWish = {}, name = "shop") {
    const old = await this.publish("base", "1.4", "old");
    const dockerfile = `FROM ${this.reference("base", "1.4", old)}\nCOPY . /srv\n`;
    const shop = await this.repository(name, { ...wish, files: { Dockerfile: dockerfile, ...wish.files } });
    const patched = await this.publish("base", "1.4", "patched");
    return { shop, old, patched, dockerfile };
  }

  /** Deletes a repository, of which nobody here hears any more. */
  async delete(repository: TestRepository): Promise<void> {
    await this.control.delete(`repositories/${repository.id}`);
    this.#repositories.splice(this.#repositories.indexOf(repository), 1);
  }

  idOf(repository: TestRepository): RepositoryId {
    return { host: "github.test", installation: this.around.installation, repository: repository.id };
  }

  /** Looks at everything, and does what is due now. */
  look(): Promise<void> {
    return this.sweep(0);
  }

  /** Looks at everything, then lets `seconds` pass while CI and delivery do theirs. */
  async sweep(seconds?: number): Promise<void> {
    await this.event({ kind: "sweep" }, seconds);
  }

  /** Lets time pass in one go, as if nobody had been there, and does what is due then. */
  async pass(seconds: number): Promise<void> {
    this.oakum.clock.now += seconds * 1000;
    await this.settle(0);
  }

  /** Queues a job as an event would, and lets it and what follows run. */
  async event(job: Job, seconds?: number): Promise<void> {
    const since = this.oakum.clock.now;
    if (job.kind === "repo") await this.store.index.doubt(job.repository, { cause: "an event", since });
    await this.oakum.context.store.jobs.enqueue(job);
    await this.settle(seconds);
  }

  /** The job that an event about a base image asks for. */
  imageJob(name: string): Job {
    return { kind: "image", image: { registry: this.host, repository: `library/${name}` } };
  }

  /** Does what is due, and what falls due in the next `seconds`, while CI and delivery do theirs. */
  async settle(seconds = 90): Promise<void> {
    const { queue, clock } = this.oakum;
    const end = clock.now + seconds * 1000;
    for (;;) {
      await queue.drain();
      if ((await runCi(this.control, (job) => this.build(job))) || (await this.delivery.work())) continue;
      const next = queue.next();
      if (next === undefined || next > end) break;
      clock.now = Math.max(clock.now, next);
    }
    clock.now = Math.max(clock.now, end);
  }

  /** What Oakum says of each use of a repository, in the order of its files. */
  uses(repository: TestRepository): Promise<readonly IndexedUse[]> {
    return this.store.index.uses(this.idOf(repository));
  }

  /** `state reason` of each use of a repository. */
  async states(repository: TestRepository): Promise<readonly string[]> {
    const uses = await this.uses(repository);
    return uses.map(({ state, reason }) => (reason === undefined ? state : `${state} ${reason.code}`));
  }

  /** The ledger's entries about subjects that begin with `subject`. */
  async ledger(subject = ""): Promise<readonly LedgerEntry[]> {
    const entries = await this.store.ledger.read(0, 10_000);
    return entries.filter((entry) => entry.subject.startsWith(subject));
  }

  async transitions(subject = ""): Promise<readonly string[]> {
    return (await this.ledger(subject)).map(({ transition }) => transition);
  }

  /** A person's GraphQL mutation. */
  async graphql(query: string, variables: object): Promise<void> {
    const answer = await fetch(`${this.around.github}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.around.tokens.person}`, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { errors } = (await answer.json()) as { readonly errors?: unknown };
    if (errors !== undefined) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
  }

  /** A deployment status by whoever has the token. */
  async report(repository: TestRepository, deployment: number, state: string, token: string): Promise<void> {
    const answer = await fetch(
      `${this.around.github}/repos/acme/${repository.name}/deployments/${deployment}/statuses`,
      {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ state, description: `it is ${state}` }),
      },
    );
    if (!answer.ok) throw new Error(`deployment status: ${answer.status} ${await answer.text()}`);
  }
}

function textsOf(files: Readonly<Record<string, Written>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
