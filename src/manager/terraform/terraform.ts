import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse, type ImageExpression, type Source } from "../syntax/hcl/expression-use.ts";
import { readHcl } from "../syntax/hcl/read.ts";
import { scopeOf } from "../syntax/hcl/scope.ts";
import type { HclBlock, HclBody, HclExpression } from "../syntax/hcl/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { jsonUses, manifestImages } from "./containers.ts";
import { platformOf } from "./platform.ts";
import { RESOURCES, type ResourceImages } from "./resources.ts";

const MAY_HOLD =
  /"(?:docker_|kubernetes_|aws_(?:ecs|batch|apprunner|lambda|sagemaker|codebuild)_|google_cloud_run_|google_cloudbuild_|azurerm_container_)/;
/** Images that CodeBuild has ready, which no registry serves. */
const OWN = /^aws\/codebuild\//;

/** Images of Terraform's and OpenTofu's resources, also by the defaults of variables and by locals of the same file. */
export const terraform: Manager = eachFile({
  kind: "terraform",
  matches: (path) => /\.(?:tf|tofu)$/.test(path),
  read(path, text) {
    if (!MAY_HOLD.test(text)) return NOTHING;
    const file = readHcl(path, text);
    const source = { path, text, file, lookup: scopeOf(file.body) };
    const found = file.body.blocks.flatMap((block) => blockUses(source, block));
    return { found: found.filter(({ use }) => !OWN.test(use.resolved ?? "")), problems: file.problems };
  },
});

function blockUses(source: Source, block: HclBlock): readonly FoundUse[] {
  const [type = "", name = ""] = block.labels;
  const images = RESOURCES.find((one) => one.type.test(type));
  const isRead = block.type === "resource" || (block.type === "data" && type === "docker_registry_image");
  if (images === undefined || !isRead || isBuilt(type, block)) return [];
  const platform = platformOf(block.body);
  const image = { role: "workload", within: `${type}.${name}`.slice(0, 128), ...(platform && { platform }) } as const;
  return holdersOf(images, block.body).flatMap((body) => {
    const expression = body.attributes.get(images.attribute);
    return expression === undefined ? [] : attributeUses(source, images, { ...image, expression });
  });
}

function attributeUses(source: Source, { holds }: ResourceImages, image: ImageExpression): readonly FoundUse[] {
  if (holds === "json") return jsonUses(source, image);
  const all = holds === "manifest" ? manifestImages(image.expression) : [image.expression];
  return all
    .filter((expression) => !isListedItself(expression))
    .map((expression) => expressionUse("terraform", source, { ...image, expression }));
}

/** The bodies that have the attribute; a `dynamic` block has its content in the place of the block that it makes. */
function holdersOf({ within }: Pick<ResourceImages, "within">, body: HclBody): readonly HclBody[] {
  if (within === undefined) return [body];
  return body.blocks.flatMap(({ type, labels, body: own }) => {
    const isDynamic = type === "dynamic" && within.includes(labels[0] ?? "");
    const held = isDynamic ? own.blocks.filter((inner) => inner.type === "content").map((inner) => inner.body) : [];
    return [...(within.includes(type) ? [own] : held), ...holdersOf({ within }, own)];
  });
}

/** An image that is built here, or pushed from here, is the repository's own. */
function isBuilt(type: string, { type: kind, body }: HclBlock): boolean {
  const isImage = type === "docker_image" || type === "docker_registry_image";
  return (
    isImage && kind === "resource" && (type !== "docker_image" || body.blocks.some((inner) => inner.type === "build"))
  );
}

/** What names another resource is listed where that one is. */
function isListedItself(expression: HclExpression): boolean {
  if (expression.kind !== "name") return false;
  const [first, second] = expression.path;
  return first === "docker_image" || (first === "data" && second === "docker_registry_image");
}
