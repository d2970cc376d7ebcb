/** What the oracle uses of docker-registry-client 3.4.0, which ships no types. */
declare module "docker-registry-client" {
  interface Client {
    listTags(done: (error: Error | null, list: { readonly tags: readonly string[] }) => void): void;
    getManifest(
      options: { readonly ref: string },
      done: (error: Error | null, manifest: unknown, response: unknown, text: string) => void,
    ): void;
    close(): void;
  }
  export function createClientV2(options: Readonly<Record<string, unknown>>): Client;
}
