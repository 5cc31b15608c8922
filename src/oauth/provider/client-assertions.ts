import type { Configuration } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';

type Assert = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;

/**
 * Takes what a client signs for this server by its issuer alone, as a text: one for an endpoint could be asked for by another server
 * whose metadata name that (RFC 7523bis, FAPI 2.0 section 5.3.2.1).
 */
export function assertionsForIssuer(issuer: string, errors: ProtocolErrors): Assert {
  return (_context, { aud }) => {
    if (aud !== issuer)
      throw new errors.InvalidClientAuth('aud (JWT audience) must be the issuer, and nothing else');
  };
}
