/** The public registries that Oakum asks without being told to: exact hosts, and `*.` for one label below a domain. */
export const publicRegistries: readonly string[] = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "*.gcr.io",
  "*.pkg.dev",
  "registry.k8s.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "registry.gitlab.com",
  "cgr.dev",
  "registry.access.redhat.com",
  "docker.elastic.co",
  "nvcr.io",
];

/** Token servers that stand outside their registry's own domain; everyone else's must be at home (see realm.ts). */
export const publicRealms: Readonly<Record<string, readonly string[]>> = {
  "docker.io": ["auth.docker.io"],
  "docker.elastic.co": ["docker-auth.elastic.co"],
};

/** Whether `host` (normalised `host[:port]`) is one of the public registries. */
export function isPublicRegistry(host: string): boolean {
  return publicRegistries.includes(host) || publicRegistries.includes(host.replace(/^[a-z0-9-]+\./, "*."));
}
