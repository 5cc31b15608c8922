/** Characters of a parameter for which nothing else is said. */
const LENGTH_MAX = 2_048;
/** Of tokens, and what else is signed: as access tokens may have. */
const SIGNED_MAX = 16_384;

/** What is kept, sent back, or read as a whole. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['state', 4_096],
  ['nonce', 512],
  ['login_hint', 512],
  ['scope', 8_192],
  ['claims', 8_192],
  ['id_token_hint', SIGNED_MAX],
  ['client_assertion', SIGNED_MAX],
  ['token', SIGNED_MAX],
  ['subject_token', SIGNED_MAX],
  ['actor_token', SIGNED_MAX],
]);

/** A parameter, and how many characters it may have. */
export interface ParameterLength {
  readonly name: string;
  readonly max: number;
}

/** @param parameters of a query or a form; what is there twice is a list */
export function parameterThatIsTooLong(
  parameters: Readonly<Record<string, unknown>>,
): ParameterLength | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    const max = LENGTHS.get(name) ?? LENGTH_MAX;
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (values.some((each) => typeof each === 'string' && each.length > max))
      // Names are the caller's, too.
      return { name: LENGTHS.has(name) || name.length <= 50 ? name : 'a parameter', max };
  }
  return undefined;
}
