import { type FileReading, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse, type ImageExpression, type Source } from "../syntax/hcl/expression-use.ts";
import type { HclBlock, HclBody, HclExpression } from "../syntax/hcl/tree.ts";
import { editFound, type FoundUse } from "../use/found.ts";
import { jsonUses, manifestImages, namedImages } from "./containers.ts";
import { isGiven, isSource, isValues, type Modules, modulesOf } from "./modules.ts";
import { platformOf } from "./platform.ts";
import { RESOURCES, type ResourceImages } from "./resources.ts";

const MAY_HOLD =
  /"(?:docker_|kubernetes_|aws_(?:ecs|batch|apprunner|lambda|sagemaker|codebuild)_|google_cloud_run_|google_cloudbuild_|azurerm_container_)|^[ \t]*module[ \t]+"/m;
/** Images that CodeBuild has ready, which no registry serves. */
const OWN = /^aws\/codebuild\//;

/**
 * Images of Terraform's and OpenTofu's resources and of what modules are given, also by variables and locals: all files of a
 * folder are read as one, so all are read together.
 */
export const terraform: Manager = {
  kind: "terraform",
  isolated: false,
  matches: (path) => isSource(path) || isValues(path),
  extract(files) {
    const modules = modulesOf(files);
    const all = [...files].map(([path, text]) => readFile(path, text, modules));
    return {
      uses: all.flatMap(({ found }) => found.map(({ use }) => use)),
      problems: all.flatMap(({ problems }) => problems),
    };
  },
  edit: (files, changes) => {
    const modules = modulesOf(files);
    return editFound((path, text) => readFile(path, text, modules).found)(files, changes);
  },
};

function readFile(path: string, text: string, modules: Modules): FileReading {
  const mayHold = isValues(path) ? !isGiven(path) && /image/i.test(text) : MAY_HOLD.test(text);
  if (!mayHold) return NOTHING;
  const file = modules.read(path, text);
  const source = { path, text, file, lookup: modules.lookupFrom(path) };
  const given = isValues(path) ? namedImages(file.body.attributes) : [];
  const found = [
    ...given.flatMap((expression) => givenUses(source, expression)),
    ...file.body.blocks.flatMap((block) => [...blockUses(source, block), ...moduleUses(source, block)]),
  ];
  return { found: found.filter(({ use }) => !OWN.test(use.resolved ?? "")), problems: file.problems };
}

/** What a module is given under a key that is called after an image: what becomes of it only the module knows. */
function moduleUses(source: Source, { type, labels, body }: HclBlock): readonly FoundUse[] {
  if (type !== "module") return [];
  const within = `module.${labels[0] ?? ""}`.slice(0, 128);
  return namedImages(body.attributes).flatMap((expression) => givenUses(source, expression, within));
}

/** Only whole references: a name alone may be one of a machine's image. */
function givenUses(source: Source, expression: HclExpression, within?: string): readonly FoundUse[] {
  const found = expressionUse("terraform", source, { expression, role: "workload", ...(within && { within }) });
  const { reference, blocked } = found.use;
  const isWhole = reference?.tag !== undefined || reference?.digest !== undefined;
  return isWhole && blocked?.state !== "unsupported" ? [found] : [];
}

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
