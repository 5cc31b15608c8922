/** Spaces other than U+0020. */
const OTHER_SPACES = /(?! )\p{Zs}/gu;

/**
 * One form for passwords that look the same and are typed on different systems: the mapping and normalization of
 * OpaqueString (RFC 8265 section 4.2.1). Nothing that was accepted is refused: control characters stay what they are.
 */
export function opaqueString(password: string): string {
  return password.replace(OTHER_SPACES, ' ').normalize('NFC');
}
