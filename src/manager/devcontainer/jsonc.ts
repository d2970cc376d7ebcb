/**
 * A JSON text whose comments are blanks, each of their length, so that offsets stay. With commas before closing brackets it
 * is YAML, which is read with its places.
 */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (found) =>
    found.startsWith("/") ? found.replace(/[^\r\n]/g, " ") : found,
  );
}
