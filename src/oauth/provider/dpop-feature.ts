import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { DerivedKeys } from '../../secrets/derived-keys.js';

type Features = NonNullable<Configuration['features']>;

/**
 * Access tokens that are bound to a key (RFC 9449). Where tokens are given out, a proof needs a nonce of the server's: one that was made
 * ahead is of no use. All instances know the same ones.
 */
export function dpopFeature(keys: DerivedKeys): NonNullable<Features['dPoP']> {
  return {
    enabled: true,
    nonceSecret: keys.derive('dpop-nonces').current.export(),
    requireNonce: ({ oidc }: KoaContextWithOIDC) => oidc.route !== 'userinfo',
    allowReplay: false,
  };
}
