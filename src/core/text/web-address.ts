/** A repository as its page is addressed. */
interface Named {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** Where GitHub shows a repository. On this machine there is only the GitHub of the demo, and that has no certificate. */
export function repositoryAddress({ host, owner, name }: Named): string {
  const scheme = /^127\.0\.0\.1(?::\d+)?$/.test(host) ? "http" : "https";
  return `${scheme}://${host}/${[owner, name].map(encodeURIComponent).join("/")}`;
}

/** Where GitHub shows a pull request. */
export function pullAddress(repository: Named, number: number): string {
  return `${repositoryAddress(repository)}/pull/${number}`;
}
