import { reason } from "../../core/reason.ts";
import type { Role } from "../../core/use/use.ts";
import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { lineCounter } from "../syntax/line-counter.ts";
import { childAt, childrenAt, everyElement } from "../syntax/xml/look.ts";
import { readXml, type XmlElement, type XmlText } from "../syntax/xml/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { type Expand, imageUse } from "../use/image.ts";
import { type Properties, propertiesOf } from "./properties.ts";

const JIB = "jib-maven-plugin";
const SPRING_BOOT = "spring-boot-maven-plugin";
/** Where Jib takes the image from; from a file it is none. */
const SOURCE = /^(?:docker|registry):\/\//;
const NO_IMAGE = /^(?:tar:|scratch$|$)/;
const VARIABLE = /\$\{([^${}]{1,128})\}/g;
const WHOLE = /^\$\{([^${}]{1,128})\}$/;

interface Site {
  readonly text: XmlText;
  readonly role: Role;
  readonly platform?: string;
}

/**
 * Base images of Jib (https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage) and builders of
 * Spring Boot (https://docs.spring.io/spring-boot/maven-plugin/build-image.html), also where a property holds them.
 */
export const maven: Manager = eachFile({
  kind: "maven",
  matches: (path) => /(?:^|\/)(?:pom|[^/]+[.-]pom)\.xml$/.test(path),
  read(path, text) {
    if (!(text.includes(JIB) || text.includes(SPRING_BOOT)) || !/<(?:image|builder|runImage)>/.test(text))
      return NOTHING;
    const { root, problems } = readXml(path, text);
    if (root === undefined) return { found: [], problems };
    const properties = propertiesOf(root);
    const lineOf = lineCounter(text);
    const sites = [...everyElement(root)].flatMap((element) => (element.name === "plugin" ? pluginSites(element) : []));
    const found = sites.filter(({ text: { value } }) => !NO_IMAGE.test(value));
    return { found: found.map((site) => useOf(path, lineOf, site, properties)), problems };
  },
});

/** What a plugin is told, by itself or for one of its executions. */
function pluginSites(plugin: XmlElement): readonly Site[] {
  const name = childAt(plugin, "artifactId")?.text?.value;
  const sitesOf = name === JIB ? jibSites : name === SPRING_BOOT ? springBootSites : undefined;
  if (sitesOf === undefined) return [];
  const executions = childrenAt(childAt(plugin, "executions"), "execution");
  return [plugin, ...executions].flatMap((one) => childrenAt(one, "configuration").flatMap(sitesOf));
}

function jibSites(configuration: XmlElement): readonly Site[] {
  const from = childAt(configuration, "from");
  const text = childAt(from, "image")?.text;
  const [platform, ...others] = childrenAt(childAt(from, "platforms"), "platform");
  const parts = ["os", "architecture"].map((part) => childAt(platform, part)?.text?.value ?? "");
  const isSaid = others.length === 0 && parts.every((part) => /^\w+$/.test(part));
  return text === undefined ? [] : [{ text, role: "base", ...(isSaid && { platform: parts.join("/") }) }];
}

function springBootSites(configuration: XmlElement): readonly Site[] {
  const image = childAt(configuration, "image");
  const builder = childAt(image, "builder")?.text;
  const run = childAt(image, "runImage")?.text;
  return [
    ...(builder === undefined ? [] : [{ text: builder, role: "stage" } as const]),
    ...(run === undefined ? [] : [{ text: run, role: "base" } as const]),
  ];
}

function useOf(
  path: string,
  lineOf: (offset: number) => number,
  { text, ...rest }: Site,
  properties: Properties,
): FoundUse {
  const line = lineOf(text.start);
  const property = properties.get(WHOLE.exec(text.value)?.[1] ?? "");
  const held = property ?? text;
  const prefix = SOURCE.exec(held.value)?.[0].length ?? 0;
  return imageUse(
    "maven",
    {
      path,
      line,
      ...rest,
      value: held.value.slice(prefix),
      start: held.start + prefix,
      isExact: held.isExact,
      ...(property !== undefined && { alias: { text: text.value, start: text.start, end: text.end } }),
    },
    expandBy(properties),
  );
}

/** A property that is a part of a reference is read, and not written: whatever else reads it would change as well. */
function expandBy(properties: Properties): Expand {
  return (text) => {
    if (!text.includes("${")) return { state: "whole", start: 0, end: text.length, variables: [] };
    const pieces = [...text.matchAll(VARIABLE)].map((match) => ({ match, value: properties.get(match[1] ?? "") }));
    const unknown = pieces.find(({ value }) => value === undefined || value.value.includes("${"));
    if (unknown !== undefined) return { state: "unsupported", reason: reason("unresolved-variable", unknown.match[1]) };
    const resolved = text.replace(VARIABLE, (_, name: string) => properties.get(name)?.value ?? "");
    if (resolved.includes("${")) return { state: "unsupported", reason: reason("unresolved-variable") };
    const names = [...new Set(pieces.map(({ match }) => match[1]))].join(", ");
    return { state: "held", text: resolved, reason: reason("partial-arg", names), variables: [] };
  };
}
