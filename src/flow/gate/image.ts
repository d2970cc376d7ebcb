import type { Config } from "../../config/config.ts";
import { buildOf } from "../../config/merge.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { type ImageReference, type PinnedImage, type Platform, parseReference } from "../../core/reference.ts";
import type { Sha } from "../../core/repository.ts";
import type { Context } from "../context.ts";
import { platformsOf } from "./scan.ts";

/** Which workflow builds a group's files, and what its image is called at a commit. */
export interface BuildPlan {
  readonly workflow: string;
  imageAt(commit: Sha): ImageReference | undefined;
}

/** The build that configuration names for the first of a group's files that has one. */
export function buildPlanOf(config: Config, group: UpdateGroup): BuildPlan | undefined {
  const paths = group.updates.flatMap(({ changes }) => changes.map(({ use }) => use.path));
  const build = paths.map((path) => buildOf(config, path)).find((found) => found !== undefined);
  if (build === undefined) return undefined;
  return {
    workflow: build.workflow,
    imageAt: (commit) => parseReference(build.image.replaceAll("{sha}", commit)),
  };
}

/** Whether an image's layers start with those of a base, in every platform of the image. */
export async function standsOn(
  context: Context,
  image: PinnedImage,
  base: PinnedImage,
): Promise<"on-new-base" | "not-on-new-base" | "unknown"> {
  const platforms = await platformsOf(context, image);
  if (platforms === undefined || platforms.length === 0) return "unknown";
  for (const platform of platforms) {
    const layers = await layersOf(context, image, platform);
    const below = await layersOf(context, base, platform);
    if (layers === undefined || below === undefined || below.length === 0) return "unknown";
    if (!below.every((layer, index) => layer === layers[index])) return "not-on-new-base";
  }
  return "on-new-base";
}

async function layersOf(
  context: Context,
  image: PinnedImage,
  platform: Platform,
): Promise<readonly string[] | undefined> {
  return (await context.registry.config(image, platform))?.diffIds;
}

/** The new bases of a group: what the built images must stand on. */
export function newBases(group: UpdateGroup): readonly PinnedImage[] {
  return group.updates.flatMap(({ to, changes }) => {
    const { registry, repository, digest } = to;
    const isBase = changes.some(({ use }) => use.role === "base");
    return isBase && digest !== undefined ? [{ registry, repository, digest }] : [];
  });
}
