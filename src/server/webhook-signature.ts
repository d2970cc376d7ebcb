import { verify } from "@octokit/webhooks-methods";
import { AppError } from "../core/errors.ts";

/** Whether `payload` was signed with the webhook secret: HMAC-SHA256 in hexadecimal behind `sha256=`. */
export type VerifySignature = (payload: string, signature: string) => Promise<boolean>;

/**
 * Checks GitHub's `X-Hub-Signature-256`, in constant time. Throws INPUT without a secret.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function signatureVerifier(secret: string | undefined): VerifySignature {
  if (!secret)
    throw new AppError("INPUT", "WEBHOOK_SECRET is not set, so nobody could tell GitHub's webhooks from others");
  return async (payload, signature) => payload !== "" && signature !== "" && verify(secret, payload, signature);
}
