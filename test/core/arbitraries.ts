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
      fc.constantFrom("", "", "", "-rc1", "-rc.2", "b1", "-nightly", "-alpha", "-preview.1.2", "_3", "_12"),
      fc.constantFrom("", "", "", "-r1", "-r10", "-20250101", "-1773204619", "-a1b2c3d", "-security-01", "-b02"),
      fc.constantFrom("", "", ...VARIANTS, ...SYSTEMS.flatMap((os) => [os, os, `-slim${os}`])),
    )
    .map(([prefix, numbers, preRelease, build, suffix]) => prefix + numbers.join(".") + preRelease + build + suffix);

const VARIANTS = ["-alpine", "-slim", "-amd64", "-arm64v8", "-windowsservercore"];
const SYSTEMS = [
  ...["-alpine3.9", "-alpine3.19", "-alpine-3.22", "-bullseye", "-bookworm", "-trixie", "-forky", "-debian-12"],
  ...["-jammy", "-noble", "-questing", "-ubuntu22.04", "-windowsservercore-ltsc2022", "-nanoserver-ltsc2025"],
];

/** Tags without a version of their own: an OS release, a day, or both. */
const systemTags = () =>
  fc
    .tuple(fc.constantFrom("", "", ...SYSTEMS), fc.constantFrom("", "-20250101", "-20250131", "-20251103"))
    .map((parts) => parts.join("").slice(1))
    .filter((tag) => tag !== "");

/** Tags as registries list them: mostly versions near one another, some names, some of anything. */
export function anyTags(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: semanticTags() },
    { weight: 2, arbitrary: systemTags() },
    { weight: 1, arbitrary: tags() },
    fc.constantFrom("latest", "bookworm", "20240101", "1a2b3c4d"),
  );
}
