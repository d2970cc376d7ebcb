/**
 * Whole milliseconds to the next look at something that began `age` milliseconds ago: a tenth of its age, within limits. What is
 * over soon is seen soon, and what takes hours is not asked about all the while.
 */
export function pace(age: number, shortest: number, longest: number): number {
  return Math.min(Math.max(Math.round(age / 10), shortest), longest);
}
