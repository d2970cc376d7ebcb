/** `host` as repository ids carry it; `api` and `web`, where people look, without a slash at their ends. */
export interface GitHubPlace {
  readonly host: string;
  readonly api: string;
  readonly web: string;
}

/** `enterprise`: the host of a GitHub Enterprise Server; `url`: the base address of an API that is neither. */
export function githubOf(enterprise: string | undefined, url: string | undefined): GitHubPlace {
  if (url !== undefined) {
    const { host, origin } = new URL(url);
    return { host: enterprise ?? host, api: url.replace(/\/+$/, ""), web: origin };
  }
  if (enterprise !== undefined) {
    return { host: enterprise, api: `https://${enterprise}/api/v3`, web: `https://${enterprise}` };
  }
  return { host: "github.com", api: "https://api.github.com", web: "https://github.com" };
}
