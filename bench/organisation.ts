import { OAKUM } from "../sandbox/apps.ts";
import { type BASES, filesOf } from "../sandbox/images.ts";
import { pushImage } from "../sandbox/registry/image.ts";
import { layer } from "../sandbox/registry/layer.ts";
import type { World } from "../sandbox/world.ts";
import type { Digest } from "../src/core/reference.ts";

const IMAGES = 60;
const USES = 4;
export const TAG = "1.4";

/** Merging is left to people: what is measured ends with the pull request. */
const CONFIGURATION = `version: 1
mode: propose
rules:
  - { allow: [digest, patch], minAge: 0d, merge: never }
`;

/** An organisation as it was seeded. */
export interface Organisation {
  /** Of Oakum's App. */
  readonly installation: number;
  readonly repositories: readonly { readonly id: number; readonly name: string }[];
  /** Digests by the image's number. */
  readonly digests: readonly Digest[];
}

/**
 * Gives `acme` so many repositories, each with four uses in two Dockerfiles, of sixty images that differ. Nobody hears of
 * what is made: it is there when Oakum comes.
 */
export async function seedOrganisation({ control, urls }: World, size: number): Promise<Organisation> {
  const digests: Digest[] = [];
  for (let image = 0; image < IMAGES; image += 1) digests.push(await publishImage(urls.registry, image, "base"));
  const repositories: Organisation["repositories"][number][] = [];
  for (let number = 0; number < size; number += 1) {
    const name = `service-${String(number).padStart(4, "0")}`;
    const files = filesOfService(new URL(urls.registry).host, number, digests);
    const { id } = await control.post<{ id: number }>("repositories", { owner: "acme", name, files, runs: false });
    repositories.push({ id, name });
  }
  const { installations } = await control.get<{ installations: readonly { id: number; app: number }[] }>("state");
  const installation = installations.find(({ app }) => app === OAKUM)?.id ?? 0;
  return { installation, repositories, digests };
}

/** Lets the tag of an image name other contents: what its publisher does. */
export async function publishImage(
  registry: string,
  image: number,
  contents: keyof typeof BASES,
  tags: readonly string[] = [TAG, "1.3", "latest"],
): Promise<Digest> {
  const own = await layer({ ...filesOf(contents), "etc/image": nameOf(image) });
  return pushImage(registry, nameOf(image), tags, { layers: [own] });
}

/** How many repositories use an image. */
export function usersOf(image: number, size: number): number {
  return Array.from({ length: size }, (_, number) => imagesOf(number)).filter((images) => images.includes(image))
    .length;
}

export function nameOf(image: number): string {
  return `library/base-${String(image).padStart(2, "0")}`;
}

function imagesOf(number: number): readonly number[] {
  return Array.from({ length: USES }, (_, use) => (number * USES + use) % IMAGES);
}

function filesOfService(host: string, number: number, digests: readonly Digest[]): Readonly<Record<string, string>> {
  const [a, b, c, d] = imagesOf(number).map((image) => `${host}/${nameOf(image)}:${TAG}@${digests[image]}`);
  return {
    ".github/oakum.yml": CONFIGURATION,
    "README.md": `Service ${number}.\n`,
    Dockerfile: `FROM ${a} AS build\nCOPY . /src\nFROM ${b}\nCOPY --from=build /src /srv\n`,
    "worker/Dockerfile": `FROM ${c} AS build\nCOPY . /src\nFROM ${d}\nCOPY --from=build /src /srv\n`,
  };
}
