const NAMES = /(?:^|\/)(?:helmfile[^/]*|helmfile\.d\/[^/]+)\.ya?ml(?:\.gotmpl)?$/;

/** Whether a file is a template of values, as only Helmfile takes them. */
export function isValuesTemplate(path: string): boolean {
  return /\.ya?ml\.gotmpl$/i.test(path);
}

/** Whether a file is Helmfile's, by its name: https://helmfile.readthedocs.io/en/latest/ */
export function isHelmfile(path: string): boolean {
  return NAMES.test(path);
}
