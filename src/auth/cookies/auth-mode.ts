import type { HttpRequest } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** How a client wants its tokens: in the body, for a bearer header, or in cookies. No form of another site can set it. */
export const AUTH_MODE_HEADER = 'X-Auth-Mode';
export const AUTH_MODES = ['bearer', 'cookie'] as const;

type AuthMode = (typeof AUTH_MODES)[number];

/** @throws LatchkeyError if a mode is asked for that there is not */
export function authModeOf({ headers }: HttpRequest): AuthMode {
  const asked = headers['x-auth-mode'];
  if (asked === undefined) return 'bearer';
  const mode = AUTH_MODES.find((name) => name === asked);
  if (mode === undefined) throw refusedMode(`must be ${AUTH_MODES.join(' or ')}`);
  return mode;
}

export function refusedMode(message: string): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', `${AUTH_MODE_HEADER} ${message}.`, {
    fields: [{ field: AUTH_MODE_HEADER, message }],
  });
}
