import fc from "fast-check";
import type { Digest, ImageReference } from "../../src/core/reference.ts";

/** A digest that is easy to tell from others: one hex digit, 64 times. */
export function digestOf(digit: string): Digest {
  return `sha256:${digit.repeat(64)}`;
}

const digests = () => fc.constantFrom(..."0123456789abcdef").map(digestOf);

const alphanumeric = (max: number) => fc.stringMatching(new RegExp(`^[a-z0-9]{1,${max}}$`));

const components = () =>
  fc
    .tuple(
      alphanumeric(8),
      fc.array(fc.tuple(fc.constantFrom(".", "_", "__", "-", "--"), alphanumeric(8)), { maxLength: 3 }),
    )
    .map(([head, tail]) => head + tail.flat().join(""));

const repositories = () => fc.array(components(), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

const registries = () =>
  fc.constantFrom("docker.io", "ghcr.io", "localhost", "localhost:5000", "127.0.0.1:5071", "Upper", "[::1]:5000");

const tags = () => fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);

/** Normalised references of any form: with a tag, a digest, both or neither. */
export function references(): fc.Arbitrary<ImageReference> {
  return fc
    .record(
      { registry: registries(), repository: repositories(), tag: tags(), digest: digests() },
      { requiredKeys: ["registry", "repository"], noNullPrototype: true },
    )
    .map((reference) =>
      reference.registry === "docker.io" && !reference.repository.includes("/")
        ? { ...reference, repository: `library/${reference.repository}` }
        : reference,
    );
}

const semanticTags = () =>
  fc
    .tuple(
      fc.constantFrom("", "v"),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom("", "", "", "-rc1", "-rc.2", "b1", "-nightly", "-alpha", "-preview.1.2"),
      fc.constantFrom("", "", "-alpine", "-slim", "-alpine3.9", "-alpine3.19", "-bookworm", "-trixie"),
    )
    .map(([prefix, numbers, preRelease, suffix]) => prefix + numbers.join(".") + preRelease + suffix);

/** Tags as registries list them: mostly versions near one another, some names, some of anything. */
export function anyTags(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: semanticTags() },
    { weight: 1, arbitrary: tags() },
    fc.constantFrom("latest", "bookworm", "20240101", "1a2b3c4d"),
  );
}
