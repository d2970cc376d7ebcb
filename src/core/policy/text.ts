import type { DecisionKey, Decisions, OrderedKey, Origin, Overruled, Policy } from "./policy.ts";
import { describeWindows } from "./window-text.ts";

/** A decision as configuration writes it: `digest, patch`, `3d`, `Mon-Fri 06:00-18:00 Europe/Brussels`. */
export function formatDecision<K extends DecisionKey>(key: K, value: Decisions[K]): string {
  if (typeof value === "number") return formatSeconds(value);
  if (typeof value === "string") return value;
  if (key === "windows.propose" || key === "windows.merge" || key === "windows.deploy") {
    return describeWindows(value as Decisions["windows.merge"]);
  }
  return value.length === 0 ? "none" : value.join(", ");
}

/** What a floor made stricter, as it would have been without, and who said so. */
export function overruledText(
  { overruled = {} }: Pick<Policy, "overruled">,
  key: DecisionKey,
): { readonly value: string; readonly origin: Origin } | undefined {
  const found: Overruled[OrderedKey] = Object.hasOwn(overruled, key) ? overruled[key as OrderedKey] : undefined;
  return found && { value: formatDecision(key, found.value as Decisions[typeof key]), origin: found.origin };
}

/** Seconds as they are written in configuration: `3d`, `90m`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0d";
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const;
  const [unit, size] = units.find(([, size]) => seconds % size === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}
