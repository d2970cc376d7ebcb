import { reason } from "../../../core/reason.ts";
import type { Role } from "../../../core/use/use.ts";
import type { FoundUse } from "../../use/found.ts";
import { type Expand, imageUse } from "../../use/image.ts";
import { textIn } from "./look.ts";
import type { Item, Script } from "./tree.ts";

/** What an image is given as in a program. */
export interface ImageExpression {
  /** At least one. */
  readonly items: readonly Item[];
  readonly role: Role;
  /** What may stand before the reference. */
  readonly prefix?: RegExp;
  /** The platform that the program asks for, as written. */
  readonly platform?: string;
}

const LONGEST = 128;

/** The use that an expression makes: of a text the image in it; of anything else, that only a run would tell. */
export function expressionUse(manager: string, script: Script, { items, prefix, ...rest }: ImageExpression): FoundUse {
  const { path } = script;
  const text = textIn(items);
  if (text !== undefined) {
    const before = prefix?.exec(text.value)?.[0].length ?? 0;
    const start = text.start + before;
    const value = text.value.slice(before);
    return imageUse(manager, { path, line: script.lineOf(start), value, start, isExact: text.isExact, ...rest });
  }
  const start = items[0]?.from ?? 0;
  const value = script.text.slice(start, Math.min(items.at(-1)?.to ?? start, start + LONGEST));
  return imageUse(manager, { path, line: script.lineOf(start), value, start, isExact: true, ...rest }, computed);
}

const computed: Expand = (text) => ({ state: "unsupported", reason: reason("unresolved-variable", text) });
