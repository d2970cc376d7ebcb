import { createHash } from "node:crypto";

/** The sha256 of `text` in UTF-8, as 64 lower-case hex digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
