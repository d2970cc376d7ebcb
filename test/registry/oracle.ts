import { createClientV2 } from "docker-registry-client";
import { sha256 } from "../../sandbox/registry/layer.ts";
import type { Digest } from "../../src/core/reference.ts";

/** docker-registry-client, the independent client whose answers ours must equal where it has any. */
export interface Oracle {
  tags(): Promise<readonly string[]>;
  /** The digest of the bytes that it got. */
  digest(reference: string): Promise<Digest>;
  close(): void;
}

export function createOracle(
  host: string,
  repository: string,
  login: { readonly username?: string; readonly password?: string } = {},
): Oracle {
  const client = createClientV2({
    name: `http://${host}/${repository}`,
    acceptManifestLists: true,
    maxSchemaVersion: 2,
    ...login,
  });
  return {
    tags: () =>
      new Promise((resolve, reject) => client.listTags((error, list) => (error ? reject(error) : resolve(list.tags)))),
    digest: (ref) =>
      new Promise((resolve, reject) =>
        client.getManifest({ ref }, (error, _manifest, _response, text) =>
          error ? reject(error) : resolve(sha256(Buffer.from(text))),
        ),
      ),
    close: () => client.close(),
  };
}
