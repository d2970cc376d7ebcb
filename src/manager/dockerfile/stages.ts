import { overPlatforms } from "./platforms.ts";

/** The build stages of a file so far. Names are kept in lower case: Docker does not tell cases apart. */
export interface Stages<Image> {
  readonly list: Stage<Image>[];
  readonly byName: Map<string, number>;
}

/** What a stage stands on: an image, or other stages (several where the name depends on the platform); neither is `scratch`. */
interface Stage<Image> {
  readonly image?: Image;
  readonly parents: readonly number[];
}

export function noStages<Image>(): Stages<Image> {
  return { list: [], byName: new Map() };
}

/** Adds the next stage. Only the stages before it can be what it stands on, so its own name comes last. */
export function addStage<Image>(stages: Stages<Image>, stage: Stage<Image>, name: string | undefined): void {
  stages.list.push(stage);
  if (name !== undefined) stages.byName.set(name.toLowerCase(), stages.list.length - 1);
}

/** The stages that `text` may name, over the platforms that a build may be for. */
export function stagesNamed<Image>({ byName }: Stages<Image>, text: string): readonly number[] {
  const found = overPlatforms(text).map((name) => byName.get(name.toLowerCase()));
  return [...new Set(found)].filter((index) => index !== undefined);
}

/** The images that the last stage stands on, other stages followed back. */
export function baseImages<Image>({ list }: Stages<Image>): ReadonlySet<Image> {
  const images = new Set<Image>();
  const reached = new Set([list.length - 1]);
  // A set gives what is added to it while it is walked, too.
  for (const index of reached) {
    const stage = list[index];
    if (stage?.image !== undefined) images.add(stage.image);
    for (const parent of stage?.parents ?? []) reached.add(parent);
  }
  return images;
}
