/** How texts, comments and names are written in a language, as far as brackets and texts are told apart by it. */
export interface Language {
  readonly lineComment: "//" | "#";
  /** Comments between slash and asterisk: none, or with others inside of them or without. */
  readonly blockComments: "none" | "plain" | "nested";
  /** What single quotes hold: a text, or one character. */
  readonly single: "text" | "character";
  /** Whether three quotes hold a text of several lines, and whether a backslash means something there. */
  readonly longEscapes: boolean;
  /** Whether `$` in double quotes stands for a value. */
  readonly templates: boolean;
  /** Whether slashes can hold a text: where no value stands before them. */
  readonly slashTexts: boolean;
}

/** https://groovy-lang.org/syntax.html */
export const GROOVY: Language = {
  lineComment: "//",
  blockComments: "plain",
  single: "text",
  longEscapes: true,
  templates: true,
  slashTexts: true,
};

/** https://kotlinlang.org/docs/reference/grammar.html */
export const KOTLIN: Language = {
  lineComment: "//",
  blockComments: "nested",
  single: "character",
  longEscapes: false,
  templates: true,
  slashTexts: false,
};

/** https://github.com/bazelbuild/starlark/blob/master/spec.md#lexical-elements */
export const STARLARK: Language = {
  lineComment: "#",
  blockComments: "none",
  single: "text",
  longEscapes: true,
  templates: false,
  slashTexts: false,
};
