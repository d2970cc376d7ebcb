/** What standard output shows: whether in colour, and how wide it is now where a line may be redrawn in place. */
export interface Screen {
  readonly colours: boolean;
  /** In columns. Absent where nothing may move: in a pipe, in CI, on a dumb terminal. */
  readonly width?: () => number;
}

/** When a terminal does not say. */
const USUAL_WIDTH = 80;

/** What a stream shows, by the conventions of `NO_COLOR` (no-color.org), `CI` and `TERM=dumb`. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { NO_COLOR, CI, TERM }: Readonly<Record<string, string | undefined>>,
): Screen {
  if (stream.isTTY !== true || TERM === "dumb") return { colours: false };
  const colours = isUnset(NO_COLOR);
  return isUnset(CI) || CI === "false" ? { colours, width: () => stream.columns || USUAL_WIDTH } : { colours };
}

function isUnset(value: string | undefined): boolean {
  return value === undefined || value === "";
}
