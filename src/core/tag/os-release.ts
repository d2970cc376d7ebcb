/** An OS release that a tag names, comparable with those of the same family. */
export interface OsRelease {
  /** The track with the release left open: `N.N-{debian}-slim`. Tags on it differ in version and OS release only. */
  readonly track: string;
  /** Higher is newer. */
  readonly release: number;
}

/** Codenames from old to new; one that is published later is not known to be newer until it stands here. */
const CODENAMES: Readonly<Record<string, readonly string[]>> = {
  debian: ["wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky"],
  ubuntu: ["trusty", "xenial", "bionic", "focal", "jammy", "noble"],
};
const ALPINE = /^alpine(\d{1,3})\.(\d{1,3})$/;

/**
 * The OS release that a track (`N.N-bookworm-slim`, `N-alpine3.22`) names, as the official images write it: one whole part of
 * the suffix. `undefined` when no part is one, or several are.
 */
export function osReleaseOf(track: string): OsRelease | undefined {
  const [numbers = "", ...parts] = track.split("-");
  const found = parts.flatMap((part, at) => {
    const os = readPart(part);
    return os === undefined ? [] : [{ at, ...os }];
  });
  const [os] = found;
  if (os === undefined || found.length > 1) return undefined;
  return { track: [numbers, ...parts.with(os.at, `{${os.family}}`)].join("-"), release: os.release };
}

function readPart(part: string): { readonly family: string; readonly release: number } | undefined {
  const [, major, minor] = ALPINE.exec(part) ?? [];
  if (major !== undefined) return { family: "alpine", release: Number(major) * 1000 + Number(minor) };
  for (const [family, names] of Object.entries(CODENAMES)) {
    const release = names.indexOf(part);
    if (release >= 0) return { family, release };
  }
  return undefined;
}
