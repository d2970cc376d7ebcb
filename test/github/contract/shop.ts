import pino from "pino";
import { afterAll, beforeAll, expect } from "vitest";
import type { Repository, Sha } from "../../../src/core/repository.ts";
import type { GitHub } from "../../../src/github/github.ts";
import { createGitHub } from "../../../src/github/octokit/octokit.ts";
import { appId, privateKey, TestWorld } from "../../sandbox/github/world.ts";
import { memoryBudgets } from "../budgets.ts";

/** The adapter as in production, in no hurry, against a GitHub of the sandbox. */
export function connect(world: TestWorld): GitHub {
  return createGitHub({
    appId,
    privateKey,
    host: "github.test",
    baseUrl: `${world.github.url}/api/v3`,
    accounts: ["acme"],
    log: pino({ enabled: false }),
    pace: { second: 0 },
    budgets: memoryBudgets(),
  });
}

export async function repositoriesOf(github: GitHub): Promise<readonly Repository[]> {
  const { installations } = github;
  const ids = await Array.fromAsync(installations.list());
  return (await Promise.all(ids.map((id) => Array.fromAsync(installations.repositories(id))))).flat();
}

/** The adapter, a repository of `acme`, and what the tests do with them beside the port. */
export class Shop {
  world!: TestWorld;
  github!: GitHub;
  repository!: Repository;

  /**
   * Has a world of its own for the tests of a file. It is a GitHub on real git repositories that refuses what GitHub's own
   * description refuses; after the tests, no request, answer or GraphQL document may have strayed from that description.
   */
  static forThisFile(): Shop {
    const shop = new Shop();
    beforeAll(async () => {
      shop.world = await TestWorld.start();
      shop.github = connect(shop.world);
      const [found] = await repositoriesOf(shop.github);
      if (found === undefined) throw new Error("the App sees no repository");
      shop.repository = found;
    });
    afterAll(async () => {
      const violations = await shop.world.order("GET", "violations");
      await shop.world.stop();
      expect(violations).toEqual([]);
    });
    return shop;
  }

  /** A branch of ours with one commit on the default branch's head, whose Dockerfile says `content`. */
  async push(branch: string, content: string): Promise<{ base: Sha; head: Sha }> {
    const { branches, trees } = this.github;
    const base = await this.headOf("main");
    const change = { path: "Dockerfile", mode: "100644", content } as const;
    const head = await branches.commit(this.repository, base, [change], "Patch the base image");
    await branches.move(this.repository, branch, await trees.head(this.repository, branch), head);
    return { base, head };
  }

  async headOf(branch: string): Promise<Sha> {
    const head = await this.github.trees.head(this.repository, branch);
    if (head === undefined) throw new Error(`there is no branch ${branch}`);
    return head;
  }

  async open(branch: string, content = `FROM node:22\nLABEL of=${branch}\n`) {
    const { head } = await this.push(branch, content);
    const opened = { branch, base: "main", title: `Pull of ${branch}`, body: "Why" };
    return { pull: await this.github.pulls.open(this.repository, opened), head };
  }

  /** The pull once GitHub has found out whether it merges. */
  async settled(number: number) {
    for (let tries = 0; tries < 10; tries += 1) {
      const pull = await this.github.pulls.get(this.repository, number);
      if (pull.mergeable !== undefined) return pull;
    }
    throw new Error("GitHub never said whether the pull merges");
  }
}
