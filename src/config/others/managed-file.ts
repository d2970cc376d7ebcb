/** A file in which Oakum would change images, and of which kind it is to Oakum; one file may be of several. */
export interface ManagedFile {
  readonly path: string;
  readonly kind: string;
}
