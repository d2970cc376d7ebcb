/** A deployment as the delivery tool sees it. */
export interface Deployment {
  readonly id: number;
  readonly repository: string;
  readonly environment: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The little of GitHub's REST interface that the delivery tool uses, with a token of its own. */
export interface DeploymentApi {
  /** Deployments that nobody has reported on yet, oldest first. */
  waiting(repository: string): Promise<readonly Deployment[]>;
  report(deployment: Deployment, state: "in_progress" | "success" | "failure"): Promise<void>;
}

export function deploymentApi(url: string, token: string): DeploymentApi {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}/repos/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    async waiting(repository) {
      const all = await call<readonly Omit<Deployment, "repository">[]>("GET", `${repository}/deployments`);
      const waiting: Deployment[] = [];
      for (const deployment of all) {
        const statuses = await call<readonly { state: string }[]>(
          "GET",
          `${repository}/deployments/${deployment.id}/statuses`,
        );
        if (!statuses.some(({ state }) => FINAL.has(state))) waiting.push({ ...deployment, repository });
      }
      return waiting.reverse();
    },
    async report({ repository, id }, state) {
      await call("POST", `${repository}/deployments/${id}/statuses`, {
        state,
        description: `rolling update: ${state}`,
      });
    },
  };
}

const FINAL = new Set(["success", "failure", "error", "inactive"]);
