export interface Workflow {
  readonly id: number;
  readonly repository: number;
  readonly path: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly repository: number;
  readonly workflow: number;
  readonly number: number;
  readonly event: string;
  readonly branch: string;
  readonly headSha: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: string;
  readonly suite: number;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Artifact {
  readonly id: number;
  readonly repository: number;
  readonly run: number;
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  readonly createdAt: string;
}
