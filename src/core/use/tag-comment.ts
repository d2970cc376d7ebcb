import { type ImageName, imageKey, parseReference } from "../reference.ts";
import { parseTag } from "../tag/tag.ts";
import { lone } from "./lone-digest.ts";
import type { FileSet, Span, TagComment, Use } from "./use.ts";

/** UTF-16 units: of a line, what is looked at on either side of a digest, and between a name and the field of its digest. */
const LONGEST_LINE = 512;
const FARTHEST_FIELD = 1024;

/** What may stand between the end of a reference and the comment behind it: quotes, brackets, an end tag. */
const BEHIND = /^["'`)\]},;]*(?:<\/[\w.:-]{1,64}>)?[,;]?[ \t]+(?:#+|\/\/+|<!--|\/\*+)(.*)$/;
/** A line that is a comment and nothing else. */
const WHOLE_LINE = /^[ \t]*(?:#+|\/\/+|<!--|\/\*+|;+)(.*)$/;
const COMMENT_END = /(?:-->|\*\/)\s*$/;

const KEYED = /(?<![\w.-])tag[ \t]*[=:][ \t]*(?<tag>\w[\w.-]{0,127})/dg;
const WORD = /[^\s,;()"'`]+/dg;
const TAG = /^\w[\w.-]{0,127}$/;

/** The uses, those of a digest alone with the tag that a comment beside it names: on the same line, or alone on the line above. */
export function readTagComments(uses: readonly Use[], files: FileSet): readonly Use[] {
  return uses.map((use) => {
    const comment = lone(use) && use.blocked === undefined ? commentOf(use, files) : undefined;
    return comment === undefined ? use : { ...use, comment };
  });
}

function commentOf(use: Use, files: FileSet): TagComment | undefined {
  const { reference, manager } = use;
  const place = digestPlace(use, files);
  const text = place && files.get(place.path);
  if (reference === undefined || place === undefined || text === undefined) return undefined;
  // Behind an instruction of a Dockerfile there are no comments.
  const behind = manager === "dockerfile" ? undefined : commentBehind(text, place.end);
  for (const comment of [behind, lineAbove(text, place.start)]) {
    const named = comment && tagIn(comment.text.replace(COMMENT_END, ""), reference);
    if (comment === undefined || named === undefined) continue;
    const start = comment.start + named.at;
    return { path: place.path, start, end: start + named.tag.length, tag: named.tag };
  }
  return undefined;
}

/** Where the hexadecimal digits of a use's digest stand: in its text, in a variable's value, or in a field near its name. */
function digestPlace({ reference, span, variables, pieces = [] }: Use, files: FileSet): Span | undefined {
  const hex = reference?.digest?.slice("sha256:".length);
  if (hex === undefined) return undefined;
  const within = ({ path, start, end }: Span): Span | undefined => {
    const at = (files.get(path) ?? "").slice(Math.max(start, 0), end).indexOf(hex);
    return at < 0 ? undefined : { path, start: start + at, end: start + at + hex.length };
  };
  for (const one of [span, ...pieces, ...variables]) {
    const found = within(one);
    if (found !== undefined) return found;
  }
  const { path, start, end } = span;
  const before = (files.get(path) ?? "").slice(Math.max(0, start - FARTHEST_FIELD), start).lastIndexOf(hex);
  const at = Math.max(0, start - FARTHEST_FIELD) + before;
  const above = before < 0 ? undefined : { path, start: at, end: at + hex.length };
  return within({ path, start, end: end + FARTHEST_FIELD }) ?? above;
}

interface Comment {
  readonly text: string;
  readonly start: number;
}

function commentBehind(text: string, at: number): Comment | undefined {
  const rest = lineFrom(text, at);
  const comment = BEHIND.exec(rest)?.[1];
  return comment === undefined ? undefined : { text: comment, start: at + rest.length - comment.length };
}

function lineAbove(text: string, at: number): Comment | undefined {
  const end = text.lastIndexOf("\n", at - 1);
  if (end < 0 || at - end > LONGEST_LINE) return undefined;
  const start = text.lastIndexOf("\n", end - 1) + 1;
  const line = lineFrom(text, start);
  const comment = end - start > LONGEST_LINE ? undefined : WHOLE_LINE.exec(line)?.[1];
  return comment === undefined ? undefined : { text: comment, start: start + line.length - comment.length };
}

function lineFrom(text: string, at: number): string {
  return /^[^\r\n]*/.exec(text.slice(at, at + LONGEST_LINE))?.[0] ?? "";
}

/** Words of a comment that speaks of another tag than the one in use: one that was, shall be, or must not be. */
const OF_ANOTHER =
  /\b(?:not?|never|was|were|until|instead|previous(?:ly)?|former(?:ly)?|old(?:er)?|new(?:er)?|next|before|after|than|unlike|avoid|broken|breaks|based|todo|fixme|upgrade|update|downgrade|bump|move|migrate|switch|back|try|should|must|will|needs?|requires?|once|when|if)\b|n['’]t\b/i;

interface Named {
  readonly tag: string;
  readonly at: number;
}

/** The one tag that a comment names: as `tag=…`, as a reference of the image, or as a version that is all that it says. */
function tagIn(comment: string, image: ImageName): Named | undefined {
  const words = [...comment.matchAll(WORD)].flatMap(({ 0: word, index }) => ({ word, index }));
  const [only] = words;
  const alone = words.length === 1 && only && isVersion(only.word) ? [{ tag: only.word, at: only.index }] : [];
  const keyed = [...comment.matchAll(KEYED)].flatMap(({ groups, indices }) => {
    const tag = groups?.tag?.replace(/[.-]+$/, "") ?? "";
    return tag === "" ? [] : [{ tag, at: indices?.groups?.tag?.[0] ?? 0 }];
  });
  const named = words.flatMap(({ word, index }) => {
    const tag = tagOfReference(word, image);
    return tag === undefined ? [] : [{ tag, at: index + word.indexOf(`:${tag}`, word.lastIndexOf("/") + 1) + 1 }];
  });
  const found = [...keyed, ...named, ...alone];
  const [first] = found;
  if (first === undefined || new Set(found.map(({ tag }) => tag)).size > 1) return undefined;
  return OF_ANOTHER.test(comment.replaceAll(first.tag, "")) ? undefined : first;
}

/** A name alone could be about anything, and a number alone is mostly a step's. */
function isVersion(word: string): boolean {
  return TAG.test(word) && !/^\d+$/.test(word) && parseTag(word).version !== undefined;
}

/** The tag of a reference of this image, which may leave out what comes before: the mirror or the registry that it is pulled from. */
function tagOfReference(word: string, image: ImageName): string | undefined {
  const [written = ""] = word.replace(/[.:]+$/, "").split("@");
  const { tag } = parseReference(written) ?? {};
  if (tag === undefined) return undefined;
  const name = written.slice(0, -tag.length - 1);
  return `/${imageKey(image)}`.endsWith(`/${name}`) ? tag : undefined;
}
