/** Compares two Debian versions by the rules of deb-version(7): epoch, then upstream, then revision. */
export function compareDebianVersions(one: string, other: string): number {
  const a = split(one);
  const b = split(other);
  return a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "0" : rest.slice(dash + 1),
  };
}

/** Text and numbers in turn, as dpkg reads them. */
function comparePart(one: string, other: string): number {
  const a = one.match(/\D+|\d+/g) ?? [];
  const b = other.match(/\D+|\d+/g) ?? [];
  const left = startsWithText(a);
  const right = startsWithText(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const x = left[index] ?? "";
    const y = right[index] ?? "";
    const order = index % 2 === 0 ? compareText(x, y) : Number(x || 0) - Number(y || 0);
    if (order !== 0) return order;
  }
  return 0;
}

function startsWithText(parts: readonly string[]): readonly string[] {
  return parts[0] !== undefined && /^\d/.test(parts[0]) ? ["", ...parts] : parts;
}

/** `~` sorts before the end of the text, letters before everything else. */
function compareText(one: string, other: string): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = weight(one[index]) - weight(other[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === "~") return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
