/** The values of several works, or the failure of the first that failed: when none of them is under way any more. */
export async function together<T extends readonly unknown[] | []>(
  works: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
