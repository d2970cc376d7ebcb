/** Rows as JSON that PostgreSQL can take apart into texts: they hold neither NUL nor half a character. */
export function storable(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\uFFFD") : value,
  );
}
