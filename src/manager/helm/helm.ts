import type { Manager } from "../manager.ts";
import { chartValues } from "../syntax/yaml/chart-values.ts";
import { textOf, valueAt } from "../syntax/yaml/look.ts";
import { yamlManager } from "../syntax/yaml/manager.ts";
import { readManifest } from "../syntax/yaml/read-manifest.ts";
import { findValueFiles } from "./value-files.ts";

const NAMES = /(?:^|\/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml(?:\.gotmpl)?$/i;

/** Values of Helm charts, by the names that they usually have, and by what names them as such. */
export const helm: Manager = yamlManager({
  kind: "helm",
  matches: (path) => NAMES.test(path),
  finds: findValueFiles,
  mayHold: (text) => /image|\btag["']?[ \t]*:/i.test(text),
  // A chart's template may be named so.
  read: readManifest,
  // A manifest that is named so is read as what it is.
  sites: (document) => (textOf(valueAt(document, "apiVersion")) === undefined ? chartValues(document) : []),
});
