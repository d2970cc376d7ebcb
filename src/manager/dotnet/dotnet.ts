import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { lineCounter } from "../syntax/line-counter.ts";
import { everyElement } from "../syntax/xml/look.ts";
import { readXml, type XmlElement, type XmlText } from "../syntax/xml/tree.ts";
import { imageUse } from "../use/image.ts";

const NAMES = /\.(?:cs|fs|vb)proj$|\.pubxml$|(?:^|\/)directory\.build\.(?:props|targets)$/i;
/** Property names have no case in MSBuild. */
const IMAGE = "containerbaseimage";
const RUNTIMES: ReadonlySet<string> = new Set(["containerruntimeidentifier", "runtimeidentifier"]);
const RUNTIME = /^(?<os>linux|win)(?:-musl)?-(?<architecture>x64|x86|arm64|arm)$/;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", x86: "386", arm64: "arm64", arm: "arm" };

/**
 * Projects that the .NET SDK publishes as a container: https://learn.microsoft.com/dotnet/core/containers/publish-configuration.
 * A property may be set in several places, under conditions: each names an image.
 */
export const dotnet: Manager = eachFile({
  kind: "dotnet",
  matches: (path) => NAMES.test(path),
  read(path, text) {
    if (!/<containerbaseimage[\s>]/i.test(text)) return NOTHING;
    const { root, problems } = readXml(path, text);
    if (root === undefined) return { found: [], problems };
    const lineOf = lineCounter(text);
    const properties = [...propertiesIn(root)];
    const platform = platformOf(properties);
    const images = properties.filter(({ name, value }) => name === IMAGE && value.value !== "");
    const found = images.map(({ value }) =>
      imageUse("dotnet", {
        path,
        line: lineOf(value.start),
        role: "base",
        ...value,
        ...(platform !== undefined && { platform }),
      }),
    );
    return { found, problems };
  },
});

interface Property {
  readonly name: string;
  readonly value: XmlText;
}

function* propertiesIn(root: XmlElement): Iterable<Property> {
  for (const { name, children } of everyElement(root)) {
    if (name.toLowerCase() !== "propertygroup") continue;
    for (const { name: property, text } of children) {
      if (text !== undefined) yield { name: property.toLowerCase(), value: text };
    }
  }
}

/** The platform, where every runtime that the project names is of the same. */
function platformOf(properties: readonly Property[]): string | undefined {
  const named = properties.filter(({ name }) => RUNTIMES.has(name)).map(({ value }) => platformNamed(value.value));
  return new Set(named).size === 1 ? named[0] : undefined;
}

function platformNamed(runtime: string): string | undefined {
  const { os, architecture = "" } = RUNTIME.exec(runtime)?.groups ?? {};
  return os === undefined ? undefined : `${os === "win" ? "windows" : "linux"}/${ARCHITECTURES[architecture]}`;
}
