/** Numbers that readers of YAML and HCL hand on otherwise than they are written: `1.20` as 1.2. */
const OTHER_NUMBER = /^[-+]?(?:0\d+|0[xob][\da-f]+|\d*\.\d*0|\d+_[\d_]*|\.\d+|\d+\.|\d+(?:\.\d+)?e[-+]?\d+)$/i;

/** Whether a text is read as another one where it stands without quotes. */
export function isOtherNumber(text: string): boolean {
  return OTHER_NUMBER.test(text);
}
