import fc from "fast-check";

/** One of the texts with stretches cut out, doubled, or replaced by another's, by one of `pieces`, or by anything. */
export function mutatedFrom(texts: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 12 }),
    insert: fc.oneof(
      { arbitrary: fc.constantFrom(...pieces), weight: 2 },
      fc.constantFrom(...texts).map((text) => text.slice(0, 80)),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(mutation, { maxLength: 6 })).map(([text, mutations]) =>
    mutations.reduce((now, { at, cut, insert }) => {
      const start = Math.floor(at * now.length);
      return now.slice(0, start) + insert + now.slice(start + cut);
    }, text),
  );
}
