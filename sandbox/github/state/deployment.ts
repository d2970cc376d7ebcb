import type { Json } from "./json.ts";

export interface Deployment {
  readonly id: number;
  readonly repository: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: Json | string;
  readonly environment: string;
  readonly description: string | null;
  readonly creator: string;
  readonly transient: boolean;
  readonly production: boolean;
  readonly createdAt: string;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly repository: number;
  readonly deployment: number;
  readonly state: string;
  readonly creator: string;
  readonly description: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly createdAt: string;
}

export interface Environment {
  readonly id: number;
  readonly repository: number;
  readonly name: string;
  readonly createdAt: string;
}
