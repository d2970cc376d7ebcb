import { Refusal } from "../refusal.ts";
import type { Permissions } from "../state/access.ts";
import type { Actor } from "./actor.ts";

/** A permission and its level, as `contents:read`. */
export type Permission = `${string}:${"read" | "write"}`;

const levels = ["none", "read", "write", "admin"];

/** Whether `granted` is as much as a permission at `level` or more. Metadata may always be read. */
export function grants(granted: Permissions, name: string, level: string): boolean {
  const held = granted[name] ?? (name === "metadata" ? "read" : "none");
  return levels.indexOf(held) >= levels.indexOf(level);
}

/** Throws 403 unless the actor holds one of `accepted`. People and CI hold every permission. */
export function requirePermission(actor: Actor, accepted: readonly Permission[]): void {
  if (actor.kind === "user" || accepted.length === 0) return;
  const granted = actor.kind === "installation" ? actor.permissions : {};
  const holds = accepted.some((permission) => {
    const [name = "", level = ""] = permission.split(":");
    return actor.kind === "installation" && grants(granted, name, level);
  });
  if (!holds) throw new Refusal(403, "Resource not accessible by integration");
}

/** The `x-accepted-github-permissions` header. */
export function acceptedHeader(accepted: readonly Permission[]): string {
  return accepted.map((permission) => permission.replace(":", "=")).join("; ");
}
