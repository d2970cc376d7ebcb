import type { Logger } from "pino";
import { Probot } from "probot";
import { AppError } from "../core/errors.ts";

export interface GitHubApp {
  /** Whether `payload` was signed with the webhook secret: HMAC-SHA256, compared in constant time. */
  verify(payload: string, signature: string): Promise<boolean>;
}

/** The webhook side of the App, on Probot. Throws INPUT without a secret, for which Probot has a default that anyone knows. */
export async function openGitHubApp(options: {
  readonly appId: number;
  readonly privateKey: string;
  readonly secret: string | undefined;
  readonly log: Logger;
}): Promise<GitHubApp> {
  const { appId, privateKey, secret, log } = options;
  if (!secret)
    throw new AppError("INPUT", "WEBHOOK_SECRET is not set, so nobody could tell GitHub's webhooks from others");
  const probot = await new Probot({ appId, privateKey, secret, log }).ready();
  return { verify: (payload, signature) => probot.webhooks.verify(payload, signature) };
}
