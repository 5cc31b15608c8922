import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** e.g. `user,support`. @throws LatchkeyError if one is empty */
export function namesIn(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new LatchkeyError('VALIDATION_FAILED', 'Names stand with one comma between them.');
  return [...new Set(names)];
}
